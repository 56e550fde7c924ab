"""Views, comments and constraints for people who look, and write, with psql."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
LOSES = None

VIEWS_SQL = Path(__file__).parents[2] / "sql" / "0005_views.sql"
QUEUE_COMMENTS = VIEWS_SQL.with_name("0005_queue_comments.sql")
WANTED = "wanted boolean := true"

# The newest last: each may build on those before it.
VIEWS = (
    "all_chats",
    "chat_messages",
    "chat_overview",
    "user_statistics",
    "unanswered_messages",
    "failed_deliveries",
    "llm_usage_daily",
    "deliveries_by_day",
)

# What people wrote by hand before becomes what the bot took it for: an element that is
# no object was skipped, so it is now a note; a role that it did not know was a user's.
# The trigger would take it for a new message.
MEND = """
ALTER TABLE {table} DISABLE TRIGGER USER;
UPDATE {table} SET messages = (
  SELECT jsonb_agg(CASE
    WHEN jsonb_typeof(message) <> 'object'
      THEN jsonb_build_object(
        'role', 'system', 'content', COALESCE(message #>> '{{}}', ''))
    WHEN message -> 'role' IN ('"user"', '"assistant"', '"system"') THEN message
    ELSE message || '{{"role": "user"}}' END ORDER BY position)
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS said (message, position))
WHERE ({misfits}) IS NOT FALSE;
ALTER TABLE {table} ENABLE TRIGGER USER;
ALTER TABLE {table} ADD CONSTRAINT {table}_roles_check
  CHECK (({misfits}) IS FALSE);
"""
# Every append has each message looked at, so this is one path and no function. Strict:
# a message that is no object, or has no role, is an error, and the result then NULL.
MISFITS = """messages @? 'strict $[*].role ?
  ((@ == "user") is unknown || !(@ == "user" || @ == "assistant" || @ == "system"))'"""

STATUSES = """
UPDATE reply_parts SET status = 'failed' WHERE status NOT IN ({statuses});
ALTER TABLE reply_parts ADD CONSTRAINT reply_parts_status_check
  CHECK (status IN ({statuses}));
"""
STATUS_WORDS = """'pending', 'sending', 'uncertain', 'accepted', 'scheduled', 'queued',
  'sent', 'delivered', 'read', 'failed', 'undelivered', 'canceled'"""


def upgrade() -> None:
    for table in ("userchats", "userchats_archive"):
        op.execute(MEND.format(table=table, misfits=MISFITS))
    op.execute(STATUSES.format(statuses=STATUS_WORDS))
    _run(VIEWS_SQL.read_text())
    _run(QUEUE_COMMENTS.read_text())


def downgrade() -> None:
    _run(QUEUE_COMMENTS.read_text().replace(WANTED, WANTED.replace("true", "false")))
    op.execute(f"DROP VIEW {', '.join(reversed(VIEWS))}")
    op.execute("DROP FUNCTION message_time(text)")
    op.execute("ALTER TABLE reply_parts DROP CONSTRAINT reply_parts_status_check")
    for table in ("userchats_archive", "userchats"):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_roles_check")


def _run(script: str) -> None:
    # The driver's own call: scripts have colons, percent signs and many statements.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
