"""What the bot sent after a backup was made is known to be its own once restored."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
LOSES = "which messages the bot had sent before a restore, and no part is known for"

# (A constant default rewrites no row.)
IS_OURS = """
ALTER TABLE early_statuses ADD COLUMN is_ours BOOLEAN DEFAULT false NOT NULL;
COMMENT ON COLUMN early_statuses.is_ours IS
  'Whether the bot is known to have sent it: a part had it in the database that a '
  'restore replaced.';
"""


def upgrade() -> None:
    op.execute(IS_OURS)


def downgrade() -> None:
    op.execute("ALTER TABLE early_statuses DROP COLUMN is_ours")
