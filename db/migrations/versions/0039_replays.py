"""Answers of the past given anew, and spendings that count in no budget."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
LOSES = "replays: answers of the past that were given anew"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.replayed_answers;
DROP VIEW replayed_answers;
DROP TRIGGER userchats_replays ON userchats;
DROP TRIGGER userchats_archive_replays ON userchats_archive;
DROP FUNCTION forget_replays();
"""


def upgrade() -> None:
    _run(_read("0039_replays.sql"))


def downgrade() -> None:
    _run(AS_BEFORE)
    opening = _function("0033_what_is_told.sql", "open_budgets")
    _run(opening + _function("0036_what_twilio_bills.sql", "tell_of_budgets"))
    op.drop_table("replay_answers")
    op.drop_table("replays")


def _function(script: str, name: str) -> str:
    """Return how an earlier script makes a function, in place of the one that is."""
    _, _, rest = _read(script).partition(f"FUNCTION {name}(")
    body, _, _ = rest.partition("COMMENT ON FUNCTION")
    return f"CREATE OR REPLACE FUNCTION {name}({body}"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
