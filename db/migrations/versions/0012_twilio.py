"""What Twilio tells later: refusals of what it had taken."""

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

REFUSALS = """
ALTER TABLE reply_parts ADD COLUMN refused_sids TEXT[];
COMMENT ON COLUMN reply_parts.refused_sids IS
  'Twilio''s ids of earlier sends that it took and failed later for what may be over '
  'soon, if any.';
CREATE INDEX idx_reply_parts_refused_sids ON reply_parts USING gin (refused_sids)
  WHERE refused_sids IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(REFUSALS)


def downgrade() -> None:
    op.execute("ALTER TABLE reply_parts DROP COLUMN refused_sids")
