"""How far what was said of reminders and follow-ups came."""

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
