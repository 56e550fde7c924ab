"""A worker takes several jobs in one look at those that wait."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
LOSES = None

SQL = Path(__file__).parents[2] / "sql"
GONE = """
DROP FUNCTION fetch_newer_jobs(varchar[], bigint, bigint, integer, varchar[]);
DROP FUNCTION fetch_newer_job(varchar[], bigint, bigint);
"""


def upgrade() -> None:
    _run(_read("0044_newer_jobs.sql"))


def downgrade() -> None:
    _run(GONE + _read("0042_newer_jobs.sql"))


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
