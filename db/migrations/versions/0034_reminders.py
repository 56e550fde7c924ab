"""What the bot says later: reminders and follow-ups."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
LOSES = "of what the bot was to remind whom, and when; it is not said any more"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.scheduled_overview;
DROP VIEW scheduled_overview;
DROP TRIGGER users_cancel_scheduled ON users;
DROP TRIGGER opt_outs_cancel_scheduled ON opt_outs;
DROP FUNCTION cancel_scheduled();
DROP TABLE scheduled_messages;
COMMENT ON COLUMN support_messages.kind IS
  'note: written by an operator, for operators; event: what was done.';
DELETE FROM procrastinate.procrastinate_jobs WHERE task_name = 'say_scheduled';
"""


def upgrade() -> None:
    _run((SQL / "0034_reminders.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _run(AS_BEFORE)


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
