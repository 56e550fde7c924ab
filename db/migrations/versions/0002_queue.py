r"""The queue's tables, in a schema of their own: `\dt` shows only ours."""

from typing import Any

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
LOSES = "the queue's jobs: what they were to answer and to send"


def upgrade() -> None:
    op.execute("CREATE SCHEMA procrastinate")
    op.execute(
        "COMMENT ON SCHEMA procrastinate IS "
        "'The queue: jobs that answer chats and send replies (procrastinate).'"
    )
    op.execute("SET LOCAL search_path TO procrastinate")
    # The driver's own call: the script has percent signs and many statements.
    driver: Any = op.get_bind().connection.driver_connection
    driver.execute(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path TO public, procrastinate")


def downgrade() -> None:
    op.execute("DROP SCHEMA procrastinate CASCADE")
