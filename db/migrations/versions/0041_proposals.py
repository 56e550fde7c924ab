"""What is proposed from what happened, and rules for every prompt."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
LOSES = "proposals, and the rules for prompts that came of them, which end by it"

SQL = Path(__file__).parents[2] / "sql" / "0041_proposals.sql"
AS_BEFORE = """
DROP VIEW masked.proposal_overview;
DROP VIEW proposal_overview;
DROP TRIGGER userchats_proposals ON userchats;
DROP TRIGGER userchats_archive_proposals ON userchats_archive;
DROP FUNCTION forget_proposal_sources();
DROP TABLE prompt_rules, proposal_sources, proposals;
"""


def upgrade() -> None:
    _run(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    _run(AS_BEFORE)


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
