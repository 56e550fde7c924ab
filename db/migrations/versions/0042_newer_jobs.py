"""A worker's looks may begin where its last ones ended."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
LOSES = None

SCRIPT = Path(__file__).parents[2] / "sql" / "0042_newer_jobs.sql"


def upgrade() -> None:
    _run(SCRIPT.read_text(encoding="utf-8"))


def downgrade() -> None:
    _run("DROP FUNCTION fetch_newer_job(varchar[], bigint, bigint)")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
