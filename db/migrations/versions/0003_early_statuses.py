"""Delivery statuses of messages that no part is known for, kept for a while."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
LOSES = "delivery statuses of messages that no part is known for yet"

TABLE = """
CREATE TABLE early_statuses (
  message_sid TEXT NOT NULL,
  status TEXT NOT NULL,
  error_code INTEGER,
  received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (message_sid, status)
);
CREATE INDEX idx_early_statuses_received_at ON early_statuses (received_at);
COMMENT ON TABLE early_statuses IS
  'Delivery statuses of messages that no part is known for, yet or at all; kept for '
  'a day.';
COMMENT ON COLUMN early_statuses.message_sid IS 'Twilio''s id of the message.';
COMMENT ON COLUMN early_statuses.status IS 'As Twilio told it.';
COMMENT ON COLUMN early_statuses.error_code IS
  'Twilio''s error code of a failure, if any.';
COMMENT ON COLUMN early_statuses.received_at IS 'When it was told.';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE early_statuses")
