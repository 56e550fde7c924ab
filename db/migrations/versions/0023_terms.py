"""What chunks are found by: their terms."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
LOSES = "what documents are found by: they must be removed and added again"

TABLES = Path(__file__).parents[2] / "sql" / "0023_terms.sql"


def upgrade() -> None:
    # The driver's own call: the script has colons.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(TABLES.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.drop_table("chunk_terms")
    op.drop_table("document_lengths")
