"""Cases, evaluations and baselines, with the views that people read them by."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
LOSES = "cases, evaluations of them, and baselines"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.evaluated_cases;
DROP VIEW masked.evaluation_overview;
DROP VIEW masked.case_overview;
DROP VIEW evaluated_cases;
DROP VIEW evaluation_overview;
DROP VIEW case_overview;
DROP TRIGGER userchats_cases ON userchats;
DROP TRIGGER userchats_archive_cases ON userchats_archive;
DROP FUNCTION forget_cases();
"""
TABLES = ("baselines", "evaluation_results", "evaluations", "cases")


def upgrade() -> None:
    _run((SQL / "0040_cases.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _run(AS_BEFORE)
    for table in TABLES:
        op.drop_table(table)


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
