"""The archive of closed chats, and the tombstones of people who were erased."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
LOSES = "archived chats, and the tombstones of erased people"

ARCHIVE = """
CREATE TABLE userchats_archive (
  chat_id TEXT NOT NULL,
  customer_id UUID NOT NULL,
  is_active BOOLEAN DEFAULT false NOT NULL,
  messages JSONB DEFAULT '[]'::jsonb NOT NULL,
  metadata JSONB DEFAULT '{}'::jsonb NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  archived_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (chat_id),
  CONSTRAINT userchats_archive_chat_id_check CHECK (chat_id ~ '^[0-9a-f]{16}$'),
  CONSTRAINT userchats_archive_is_active_check CHECK (NOT is_active),
  CONSTRAINT userchats_archive_messages_check CHECK (jsonb_typeof(messages) = 'array'),
  CONSTRAINT userchats_archive_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  FOREIGN KEY(customer_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_userchats_archive_customer_id ON userchats_archive (customer_id);
CREATE INDEX idx_userchats_archive_created_at ON userchats_archive (created_at);
CREATE INDEX idx_userchats_archive_archived_at ON userchats_archive (archived_at);
COMMENT ON TABLE userchats_archive IS
  'Closed chats that retention moved out of userchats: same columns, read by '
  'people only.';
COMMENT ON COLUMN userchats_archive.chat_id IS 'As it was in userchats.';
COMMENT ON COLUMN userchats_archive.customer_id IS 'Whose chat it was.';
COMMENT ON COLUMN userchats_archive.is_active IS 'Always false.';
COMMENT ON COLUMN userchats_archive.messages IS 'The transcript, as in userchats.';
COMMENT ON COLUMN userchats_archive.metadata IS 'As it was in userchats.';
COMMENT ON COLUMN userchats_archive.created_at IS 'First message.';
COMMENT ON COLUMN userchats_archive.updated_at IS 'Last message.';
COMMENT ON COLUMN userchats_archive.archived_at IS 'When it was moved here.';
"""

ERASURES = """
CREATE TABLE erasures (
  address_hash TEXT NOT NULL,
  erased_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (address_hash)
);
COMMENT ON TABLE erasures IS
  'Tombstones of erased people: what a restored backup brings back of them is erased '
  'again. No personal data.';
COMMENT ON COLUMN erasures.address_hash IS
  'Keyed hash (HMAC-SHA-256 under ERASURE_KEY) of one address of the person.';
COMMENT ON COLUMN erasures.erased_at IS
  'When; what the person wrote afterwards is not erased again.';
"""


def upgrade() -> None:
    op.execute(ARCHIVE)
    op.execute(ERASURES)


def downgrade() -> None:
    op.execute("DROP TABLE erasures, userchats_archive")
