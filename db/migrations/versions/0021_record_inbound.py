"""Messages are taken in by a function, which is quick for whoever is known."""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
LOSES = None

FUNCTION = Path(__file__).parents[2] / "sql" / "0021_record_inbound.sql"


def upgrade() -> None:
    # The driver's own call: the script has colons.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(FUNCTION.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION record_inbound")
