"""What tools of MCP servers are known as, so that what changes waits."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
LOSES = "which tools of MCP servers were approved, and as what"

SERVER = "The MCP server, by its name in mcp.json."
TOOL = "The server's name for its tool."
APPROVED = "What it said of itself when it was approved, as JSON; NULL: it never was."
WAITING = (
    "What it says now, if that is something else: it is not called until"
    " `bot tools approve`. Untrusted."
)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tool_pins",
        sa.Column("server", sa.Text(), nullable=False, comment=SERVER),
        sa.Column("tool", sa.Text(), nullable=False, comment=TOOL),
        sa.Column("approved", sa.Text(), nullable=True, comment=APPROVED),
        sa.Column("waiting", sa.Text(), nullable=True, comment=WAITING),
        sa.Column(
            "approved_at", TIME, nullable=True, comment="When it was approved last."
        ),
        sa.Column("waiting_since", TIME, nullable=True, comment="Since when it waits."),
        sa.CheckConstraint(
            "approved IS NOT NULL OR waiting IS NOT NULL", name="tool_pins_said_check"
        ),
        sa.PrimaryKeyConstraint("server", "tool", name=op.f("tool_pins_pkey")),
        comment="Tools of MCP servers as they are known; what changes waits for a yes.",
    )


def downgrade() -> None:
    op.drop_table("tool_pins")
