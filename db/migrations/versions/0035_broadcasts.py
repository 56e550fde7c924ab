"""Broadcasts: who wants them, what they are, and whose turn came."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
LOSES = "who opted in to broadcasts, and what was sent by them to whom"

SQL = Path(__file__).parents[2] / "sql"
NEW, OTHERS = "         -- broadcasts\n", "         -- others\n"
AS_BEFORE = """
DROP VIEW masked.broadcast_overview;
DROP VIEW broadcast_overview;
DROP TABLE broadcast_recipients, broadcasts;
DROP TRIGGER end_opt_in ON opt_outs;
DROP FUNCTION end_opt_in();
DROP TABLE opt_ins;
UPDATE reply_parts SET author = 'bot' WHERE author = 'broadcast';
COMMENT ON COLUMN reply_parts.author IS
  'Who wrote it: bot; fallback: that something is held; relay: what operators are told '
  'of customers; else the user_id of the operator who did, or person.';
"""


def upgrade() -> None:
    _run(_read("0035_broadcasts.sql"))
    _run(_read("0035_failed_deliveries.sql"))


def downgrade() -> None:
    before, _, rest = _read("0035_failed_deliveries.sql").partition(NEW)
    _, _, others = rest.partition(OTHERS)
    _run(before + others)
    _run(AS_BEFORE)


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
