"""What is proposed from what happened, and rules for every prompt."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
LOSES = "proposals, and the rules for prompts that came of them, which end by it"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.proposal_overview;
DROP VIEW proposal_overview;
DROP TABLE prompt_rules, proposal_sources, proposals;
COMMENT ON FUNCTION forget_sources() IS
  'Trigger: what the answers of a chat stood on and lacked goes with it.';
"""


def upgrade() -> None:
    _run(_read("0041_proposals.sql"))


def downgrade() -> None:
    _run(AS_BEFORE + _function("0040_cases.sql", "forget_sources"))


def _function(script: str, name: str) -> str:
    """Return how an earlier script makes a function, in place of the one that is."""
    _, _, rest = _read(script).partition(f"FUNCTION {name}(")
    body, end, _ = rest.partition("$$;")
    return f"CREATE OR REPLACE FUNCTION {name}({body}{end}"


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
