"""What Twilio tells later, since when it is asked, and which number was written to."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
LOSES = (
    "since when messages are taken in, which number of ours they were written to, and "
    "Twilio's ids of refused sends"
)

REFUSALS = """
ALTER TABLE reply_parts ADD COLUMN refused_sids TEXT[];
COMMENT ON COLUMN reply_parts.refused_sids IS
  'Twilio''s ids of earlier sends that it took and failed later for what may be over '
  'soon, if any.';
CREATE INDEX idx_reply_parts_refused_sids ON reply_parts USING gin (refused_sids)
  WHERE refused_sids IS NOT NULL;
"""
FIRST_START = """
CREATE TABLE first_start (
  only_row BOOLEAN NOT NULL DEFAULT true,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CONSTRAINT first_start_pkey PRIMARY KEY (only_row),
  CONSTRAINT first_start_only_row_check CHECK (only_row)
);
COMMENT ON TABLE first_start IS
  'Since when this database takes messages in: one row. No older ones are asked for.';
COMMENT ON COLUMN first_start.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN first_start.started_at IS
  'When the database was made, or its first message came.';
INSERT INTO first_start (started_at) SELECT LEAST(
  now(), (SELECT min(created_at) FROM users),
  (SELECT min(received_at) FROM inbound_messages));
"""
OUR_ADDRESSES = """
ALTER TABLE inbound_messages ADD COLUMN our_address TEXT;
ALTER TABLE reply_parts ADD COLUMN our_address TEXT;
COMMENT ON COLUMN inbound_messages.our_address IS
  'Which number of ours it was sent to, if Twilio told.';
COMMENT ON COLUMN reply_parts.our_address IS
  'Which number of ours the user wrote to: of a Messaging Service, it answers.';
"""


def upgrade() -> None:
    op.execute(REFUSALS)
    op.execute(OUR_ADDRESSES)
    op.execute(FIRST_START)


def downgrade() -> None:
    op.execute("DROP TABLE first_start")
    op.execute("ALTER TABLE inbound_messages DROP COLUMN our_address")
    op.execute("ALTER TABLE reply_parts DROP COLUMN our_address")
    op.execute("ALTER TABLE reply_parts DROP COLUMN refused_sids")
