"""Webhooks of erased people, sent again, are refused: hashes of their MessageSids."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
LOSES = "hashes of erased people's messages, by which their webhooks are refused"

# No key: a MessageSid is 128 random bits, so nobody finds one by trying, and whoever
# takes messages in needs no secret for it.
ERASED_SIDS = """
CREATE FUNCTION hash_sid(message_sid text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to(message_sid, 'UTF8'));
COMMENT ON FUNCTION hash_sid(text) IS
  'A MessageSid as erased_sids knows it.';

CREATE TABLE erased_sids (
  sid_hash BYTEA NOT NULL,
  erased_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CONSTRAINT erased_sids_pkey PRIMARY KEY (sid_hash)
);
CREATE INDEX idx_erased_sids_erased_at ON erased_sids (erased_at);
COMMENT ON TABLE erased_sids IS
  'Messages of erased people: their webhooks, sent again, are not taken in. No '
  'personal data.';
COMMENT ON COLUMN erased_sids.sid_hash IS
  'hash_sid(message_sid) of a message of theirs.';
COMMENT ON COLUMN erased_sids.erased_at IS 'When; retention drops it later.';
"""


def upgrade() -> None:
    op.execute(ERASED_SIDS)


def downgrade() -> None:
    op.execute("DROP TABLE erased_sids")
    op.execute("DROP FUNCTION hash_sid(text)")
