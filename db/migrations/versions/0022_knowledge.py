"""Documents, products, gaps, and what answers stood on."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
LOSES = "documents, products, gaps, and what answers stood on"

TABLES = Path(__file__).parents[2] / "sql" / "0022_knowledge.sql"
NAMES = (
    "answer_passages", "gap_questions", "knowledge_gaps", "products",
    "document_chunks", "document_uploads", "documents",
)  # fmt: skip


def upgrade() -> None:
    # The driver's own call: the script has colons.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(TABLES.read_text(encoding="utf-8"))


def downgrade() -> None:
    # Code of before knows none of these jobs.
    op.execute(
        "DELETE FROM procrastinate.procrastinate_jobs WHERE queue_name = 'knowledge'"
    )
    op.execute("DROP TRIGGER userchats_sources ON userchats")
    op.execute("DROP TRIGGER userchats_archive_sources ON userchats_archive")
    op.execute("DROP FUNCTION forget_sources()")
    for name in NAMES:
        op.drop_table(name)
