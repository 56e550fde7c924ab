"""The ledger of what calls cost, and the sums that budgets are held against."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
LOSES = "what calls of LLMs, and messages, cost, and what is left of budgets"

SQL = Path(__file__).parents[2] / "sql"
VIEWS = ("spending_overview", "costs_by_day", "chat_costs")
DROP_FUNCTIONS = """
DROP FUNCTION correct_spending(bigint, bigint, boolean);
DROP FUNCTION spend_on_messages(jsonb);
DROP FUNCTION settle_spending(bigint, jsonb);
DROP FUNCTION change_budgets(date, uuid, bigint);
DROP FUNCTION reserve_spending(jsonb, jsonb);
DROP FUNCTION tell_of_budgets(date, text);
DROP FUNCTION open_budget(text, date, uuid, bigint);
DROP FUNCTION lock_budgets(date, uuid);
"""
# Who goes back has no such tasks.
DROP_JOBS = """
DELETE FROM procrastinate.procrastinate_jobs
WHERE task_name IN ('settle_spendings', 'price_messages')
"""


def upgrade() -> None:
    _run(_read("0031_money.sql"))
    _run(_read("0031_views.sql"))


def downgrade() -> None:
    for view in VIEWS:
        _run(f"DROP VIEW masked.{view}; DROP VIEW {view}")
    _run(DROP_FUNCTIONS)
    _run(DROP_JOBS)
    op.drop_table("spendings")
    op.drop_table("budgets")


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
