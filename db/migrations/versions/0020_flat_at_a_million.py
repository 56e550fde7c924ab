"""A million people and a full queue cost what a few people and an empty one cost.

A worker that looks for a job asks for each candidate whether one of its lock comes
first: by lock, that is one entry read, and by id it was all of them. Retention finds
idle chats among the active ones, and looks through all chats for old notes some at a
time, in turns.

Another version of procrastinate may bring its own index on locks again, or a migration
that renames or drops the one that goes here. We run its migrations only in ones of ours
(0002 takes a new database's schema from the installed version): one that names
procrastinate_jobs_id_lock_idx_v1 makes it first, as downgrade() does, and drops it
after. tests/db/queue holds that fetching goes by our index.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
LOSES = None  # the place: the next run begins anew

JOBS = """
CREATE INDEX idx_jobs_open_lock ON procrastinate.procrastinate_jobs (lock, id)
  WHERE status = ANY (ARRAY['todo', 'doing']::procrastinate.procrastinate_job_status[]);
DROP INDEX procrastinate.idx_jobs_waiting_lock;
DROP INDEX IF EXISTS procrastinate.procrastinate_jobs_id_lock_idx_v1;
"""
JOBS_BEFORE = """
CREATE INDEX idx_jobs_waiting_lock ON procrastinate.procrastinate_jobs (lock)
  WHERE status = 'todo';
CREATE INDEX procrastinate_jobs_id_lock_idx_v1
  ON procrastinate.procrastinate_jobs (id, lock)
  WHERE status = ANY (ARRAY['todo', 'doing']::procrastinate.procrastinate_job_status[]);
DROP INDEX procrastinate.idx_jobs_open_lock;
"""
# Neither column changes with an append, which stays HOT.
CHATS = """
CREATE INDEX idx_userchats_active_created ON userchats (created_at, chat_id)
  WHERE is_active;
"""
PLACES = """
CREATE TABLE retention_places (
  table_name TEXT NOT NULL,
  after_created_at TIMESTAMPTZ NOT NULL,
  after_chat_id TEXT NOT NULL,
  CONSTRAINT retention_places_pkey PRIMARY KEY (table_name),
  CONSTRAINT retention_places_table_name_check
    CHECK (table_name IN ('userchats', 'userchats_archive'))
);
COMMENT ON TABLE retention_places IS
  'How far the hourly retention has looked through all chats for old system messages: '
  'the next run goes on there. No row: it begins anew.';
COMMENT ON COLUMN retention_places.table_name IS
  'userchats or userchats_archive.';
COMMENT ON COLUMN retention_places.after_created_at IS
  'created_at of the last chat that was looked at.';
COMMENT ON COLUMN retention_places.after_chat_id IS
  'Its chat_id: chats are looked at in the order of both.';
"""
# A fifth of a table, the default, is 400,000 dead rows of 2 million; and a queue is
# emptied as fast as it is filled, so that dead rows are most of what it reads.
OFTEN = {"autovacuum_vacuum_scale_factor": "0.02"}
BY_NUMBER = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "1000",
}
VACUUMED = {
    "reply_parts": OFTEN,
    "userchats": OFTEN,
    "procrastinate.procrastinate_jobs": BY_NUMBER,
    "procrastinate.procrastinate_events": BY_NUMBER,
}


def upgrade() -> None:
    for script in JOBS, CHATS, PLACES:
        op.execute(script)
    for table, settings in VACUUMED.items():
        given = ", ".join(f"{name} = {value}" for name, value in settings.items())
        op.execute(f"ALTER TABLE {table} SET ({given})")


def downgrade() -> None:
    for table, settings in VACUUMED.items():
        op.execute(f"ALTER TABLE {table} RESET ({', '.join(settings)})")
    op.execute("DROP TABLE retention_places")
    op.execute("DROP INDEX idx_userchats_active_created")
    op.execute(JOBS_BEFORE)
