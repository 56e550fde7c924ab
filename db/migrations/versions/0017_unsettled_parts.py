"""A part's way through Twilio leaves the indexes alone: most updates are HOT.

The partial index on unsettled parts named the status, so that each change of it wrote
to all indexes of the table. It names a column now which changes once.

Adding the column writes reply_parts anew, while nobody else uses it: some seconds for
each million of parts.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
LOSES = None  # the status tells it

UP = """
ALTER TABLE reply_parts ADD COLUMN unsettled BOOLEAN NOT NULL
  GENERATED ALWAYS AS (status IN ('pending', 'sending', 'uncertain')) STORED;
COMMENT ON COLUMN reply_parts.unsettled IS
  'Whether it is not known to be with Twilio: follows the status.';
DROP INDEX idx_reply_parts_unsettled;
CREATE INDEX idx_reply_parts_unsettled ON reply_parts (user_id, sequence)
  WHERE unsettled;
"""
DOWN = """
DROP INDEX idx_reply_parts_unsettled;
CREATE INDEX idx_reply_parts_unsettled ON reply_parts (user_id, sequence)
  WHERE status IN ('pending', 'sending', 'uncertain');
ALTER TABLE reply_parts DROP COLUMN unsettled;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
