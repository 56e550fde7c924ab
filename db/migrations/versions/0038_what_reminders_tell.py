"""How far reminders and follow-ups that were said came; what budgets return."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
LOSES = None

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.scheduled_overview;
DROP VIEW scheduled_overview;
COMMENT ON FUNCTION told_of_budgets(timestamptz) IS
  'Returns again what a transaction of that time told: its answer may have been '
  'lost.';
COMMENT ON FUNCTION reserve_spending(jsonb, jsonb) IS
  'Writes down the worst that a call may cost, before it is made, unless that is '
  'beyond a budget, or a share of it: limits, in millionths, by answer, day, '
  'month, person. Returns also of which budgets operators are to be told now.';
COMMENT ON FUNCTION settle_spending(bigint, jsonb) IS
  'Writes down what a call cost that was reserved, once; what is settled stays. '
  'Returns of which budgets operators are to be told now.';
COMMENT ON FUNCTION change_budgets(date, uuid, bigint) IS
  'Counts against budgets what was spent without being reserved, or takes it '
  'back. Returns of which of them operators are to be told now.';
COMMENT ON FUNCTION spend_on_messages(jsonb) IS
  'Writes down what messages to one person cost on one day, each once. Returns '
  'also of which budgets operators are to be told now.';
COMMENT ON FUNCTION take_back_spending(bigint) IS
  'Writes down that something turned out to have cost nothing. Returns of which '
  'budgets operators are to be told now.';
COMMENT ON FUNCTION correct_spending(bigint, bigint, text) IS
  'Writes down what Twilio billed for a message, once; in another currency it '
  'stands beside what counts. Returns of which budgets operators are to be told '
  'now.';
"""


def upgrade() -> None:
    _run(_read("0038_what_reminders_tell.sql"))


def downgrade() -> None:
    _, begin, views = _read("0034_reminders.sql").partition(
        "CREATE VIEW scheduled_overview AS"
    )
    _run(AS_BEFORE + begin + views)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
