"""Indexes for what workers look for all the time; no notification for each message."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
LOSES = None

INDEXES = """
CREATE INDEX idx_reply_parts_unsettled ON reply_parts (user_id, sequence)
  WHERE status IN ('pending', 'sending', 'uncertain');
CREATE INDEX idx_jobs_waiting_lock ON procrastinate.procrastinate_jobs (lock)
  WHERE status = 'todo';
"""
# procrastinate's own trigger, but not for answers: db.queue.wake_ups tells of
# those.
NOTIFY = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
  ON procrastinate.procrastinate_jobs;
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
  AFTER INSERT ON procrastinate.procrastinate_jobs
  FOR EACH ROW WHEN (NEW.status = 'todo'{condition})
  EXECUTE FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1();
COMMENT ON TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
  ON procrastinate.procrastinate_jobs IS 'Wakes the workers.';
"""


def upgrade() -> None:
    op.execute(INDEXES)
    op.execute(NOTIFY.format(condition=" AND NEW.queue_name <> 'answers'"))


def downgrade() -> None:
    op.execute(NOTIFY.format(condition=""))
    op.execute("DROP INDEX procrastinate.idx_jobs_waiting_lock")
    op.execute("DROP INDEX idx_reply_parts_unsettled")
