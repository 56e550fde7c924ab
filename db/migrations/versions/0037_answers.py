"""How answers were made, and the system prompts that they were made with."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
LOSES = "how answers were made: prompts, parameters, what the LLM saw and said"

SQL = Path(__file__).parents[2] / "sql"
AS_BEFORE = """
DROP VIEW masked.answers;
DROP VIEW answers;
"""


def upgrade() -> None:
    _run(_read("0037_answers.sql"))


def downgrade() -> None:
    _run(AS_BEFORE)
    begin, end = "CREATE FUNCTION forget_sources(", "COMMENT ON FUNCTION"
    _, _, rest = _read("0022_knowledge.sql").partition(begin)
    body, _, _ = rest.partition(end)
    _run(begin.replace("CREATE", "CREATE OR REPLACE") + body)
    op.drop_table("answer_makings")
    op.drop_table("prompts")


def _read(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def _run(script: str) -> None:
    # The driver's own call: the scripts have colons and percent signs.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(script)
