"""The queue notes what goes wrong with a job, and no longer each step of each job.

An answer's job wrote two rows into procrastinate_events that went with it a moment
later. Since when a job waits, which one of them told, stands in the job itself now.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
LOSES = None  # the way down notes again when jobs were queued

JOBS = "procrastinate.procrastinate_jobs"
EVENTS = "procrastinate.procrastinate_events"
QUEUED = "procrastinate_trigger_status_events_insert_v1"
DUE = "procrastinate_trigger_scheduled_events_v1"
PROGRESS = "procrastinate_trigger_status_events_update_v1"
# Procrastinate's own trigger, but not for a job that is taken up.
NOTE_PROGRESS = f"""
CREATE OR REPLACE TRIGGER {PROGRESS}
  AFTER UPDATE OF status ON {JOBS} FOR EACH ROW {{condition}}
  EXECUTE FUNCTION
    procrastinate.procrastinate_trigger_function_status_events_update_v1()
"""
QUEUED_AT = """
ALTER TABLE procrastinate.procrastinate_jobs
  ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN procrastinate.procrastinate_jobs.queued_at IS
  'When it was queued; one that is tried again waits since scheduled_at.';
UPDATE procrastinate.procrastinate_jobs AS job SET queued_at = event.at
FROM procrastinate.procrastinate_events AS event
WHERE event.job_id = job.id AND event.type = 'deferred';
"""
NOTE_AGAIN = """
INSERT INTO procrastinate.procrastinate_events (job_id, type, at)
SELECT id, 'deferred', queued_at FROM procrastinate.procrastinate_jobs AS job
WHERE NOT EXISTS (SELECT FROM procrastinate.procrastinate_events
                  WHERE job_id = job.id AND type = 'deferred');
ALTER TABLE procrastinate.procrastinate_jobs DROP COLUMN queued_at;
"""
# Of what: before, and now.
COMMENTS = {
    f"TABLE {EVENTS}": (
        "What happened to jobs, and when.",
        "What went wrong with jobs, and when.",
    ),
    f"COLUMN {EVENTS}.type": (
        "deferred (queued), started, succeeded …",
        "failed, deferred_for_retry (tried again), cancelled, aborted …",
    ),
    f"COLUMN {EVENTS}.at": ("When; for scheduled: when the job is due.", "When."),
    f"TRIGGER {PROGRESS} ON {JOBS}": (
        "Notes how far a job is.",
        "Notes that a job failed or is tried again.",
    ),
    f"TRIGGER {QUEUED} ON {JOBS}": (
        "Notes that a job was queued.",
        "Off. Would note that a job was queued: see its queued_at.",
    ),
    f"TRIGGER {DUE} ON {JOBS}": (
        "Notes when a job is due.",
        "Off. Would note when a job is due: see its scheduled_at.",
    ),
}


def upgrade() -> None:
    for trigger in (QUEUED, DUE):
        op.execute(f"ALTER TABLE {JOBS} DISABLE TRIGGER {trigger}")
    op.execute(NOTE_PROGRESS.format(condition="WHEN (NEW.status <> 'doing')"))
    op.execute(QUEUED_AT)
    for told, (_, now) in COMMENTS.items():
        op.execute(f"COMMENT ON {told} IS '{now}'")


def downgrade() -> None:
    for told, (before, _) in COMMENTS.items():
        op.execute(f"COMMENT ON {told} IS '{before}'")
    op.execute(NOTE_AGAIN)
    op.execute(NOTE_PROGRESS.format(condition=""))
    for trigger in (DUE, QUEUED):
        op.execute(f"ALTER TABLE {JOBS} ENABLE TRIGGER {trigger}")
