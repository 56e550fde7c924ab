"""Budgets follow their settings; calls and troubles are told of once."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
LOSES = "for which calls of tools, that no answer told of, a person was called"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP INDEX procrastinate.idx_jobs_told_troubles;
DROP INDEX procrastinate.idx_jobs_told_budgets;
ALTER TABLE tool_calls DROP COLUMN person_called_at;
COMMENT ON COLUMN reply_parts.instead IS
  'The text that is sent once it is known that the media can''t be; empty: none, and '
  'the rest of the reply goes on.';
DROP FUNCTION take_back_spending(bigint);
DROP FUNCTION spend_on_messages(jsonb);
DROP FUNCTION settle_spending(bigint, jsonb);
DROP FUNCTION change_budgets(date, uuid, bigint);
DROP FUNCTION reserve_spending(jsonb, jsonb);
DROP FUNCTION told_of_budgets(timestamptz);
DROP FUNCTION tell_of_budgets(date);
DROP FUNCTION follow_limits(date, uuid, jsonb);
DROP FUNCTION open_budgets(date, uuid, jsonb);
DROP FUNCTION share_ledger();
"""


def upgrade() -> None:
    _run(_read("0033_what_is_told.sql"))


def downgrade() -> None:
    _run(AS_BEFORE)
    _, begin, rest = _read("0031_money.sql").partition("CREATE FUNCTION open_budget(")
    functions, _, _ = rest.partition("-- What people are known by")
    _run(begin + functions)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
