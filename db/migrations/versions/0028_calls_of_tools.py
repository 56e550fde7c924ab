"""The ledger of calls of tools."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
LOSES = "which tools were called for whom, with what, and what came of it"

SQL = Path(__file__).parents[2] / "sql"
# Who goes back has no such task.
DROP_JOBS = """
DELETE FROM procrastinate.procrastinate_jobs WHERE task_name = 'sweep_calls'
"""


def upgrade() -> None:
    _run((SQL / "0028_calls_of_tools.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _run("DROP VIEW masked.tool_call_overview; DROP VIEW tool_call_overview")
    _run(DROP_JOBS)
    op.drop_table("tool_calls")


def _run(script: str) -> None:
    # The driver's own call: the script has colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
