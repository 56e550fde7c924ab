"""What Twilio billed for messages, and operators who are told of budgets."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
LOSES = "what Twilio billed for messages in another currency than that of PRICES"

SQL = Path(__file__).parents[2] / "sql"
# Who goes back has no such tasks.
AS_BEFORE = """
DELETE FROM procrastinate.procrastinate_jobs
WHERE task_name IN ('tell_budget', 'ask_prices');
DROP FUNCTION correct_spending(bigint, bigint, text);
DROP INDEX idx_spendings_unbilled;
ALTER TABLE spendings DROP COLUMN told_micros, DROP COLUMN told_currency,
  DROP COLUMN price_asked_at;
COMMENT ON COLUMN spendings.is_estimated IS
  'Whether the server did not tell what it used.';
"""


def upgrade() -> None:
    _run(_read("0036_what_twilio_bills.sql"))


def downgrade() -> None:
    _run(AS_BEFORE)
    begin, end = "CREATE FUNCTION tell_of_budgets(", "CREATE FUNCTION told_of_budgets("
    _, _, rest = _read("0033_what_is_told.sql").partition(begin)
    body, _, _ = rest.partition(end)
    _run(begin.replace("CREATE", "CREATE OR REPLACE") + body)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
