"""A worker takes several jobs in one look at those that wait."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
LOSES = None

SCRIPT = Path(__file__).parents[2] / "sql" / "0044_newer_jobs.sql"
BACK = """
DROP FUNCTION fetch_newer_jobs(varchar[], bigint, bigint, integer, varchar[]);
COMMENT ON FUNCTION fetch_newer_job(varchar[], bigint, bigint) IS
  'Gives a worker a job of its queues that has this id or a later one, as '
  'procrastinate_fetch_job_v2 does; a row without an id: there is none.';
"""


def upgrade() -> None:
    _run(SCRIPT.read_text(encoding="utf-8"))


def downgrade() -> None:
    _run(BACK)


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
