"""Views on what answers stood on, and on what could not be answered."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
LOSES = None

VIEWS = Path(__file__).parents[2] / "sql" / "0025_sources_and_gaps.sql"


def upgrade() -> None:
    # The driver's own call: the script has question marks and colons.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(VIEWS.read_text(encoding="utf-8"))


def downgrade() -> None:
    for name in ("gap_overview", "answer_sources"):
        op.execute(f"DROP VIEW masked.{name}")
        op.execute(f"DROP VIEW {name}")
