"""Users, their chats, the key against repeats, and the parts of replies.

The indexes that mention userchats leave out `messages` and `updated_at`: an index on
what every append changes would end HOT updates of the hottest row.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
LOSES = "all users and chats, who wrote STOP, and what was taken in and sent"

TABLES = """
CREATE TABLE inbound_messages (
  message_sid TEXT NOT NULL,
  address TEXT NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (message_sid)
);
CREATE INDEX idx_inbound_messages_received_at ON inbound_messages (received_at);
COMMENT ON TABLE inbound_messages IS
  'Every message that was acknowledged, once: the key against repeats.';
COMMENT ON COLUMN inbound_messages.message_sid IS
  'Twilio''s id: what has a row here is never taken in again.';
COMMENT ON COLUMN inbound_messages.address IS
  'Where it came from, verbatim: its answer goes there.';
COMMENT ON COLUMN inbound_messages.received_at IS 'When it was taken in.';

CREATE TABLE users (
  user_id UUID DEFAULT gen_random_uuid() NOT NULL,
  email TEXT,
  phone_number TEXT NOT NULL,
  full_name TEXT,
  hashed_password TEXT,
  password_history JSONB,
  is_active BOOLEAN DEFAULT true NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (user_id)
);
CREATE UNIQUE INDEX idx_users_email ON users (email);
CREATE INDEX idx_users_is_active ON users (is_active);
CREATE UNIQUE INDEX idx_users_phone_number ON users (phone_number);
COMMENT ON TABLE users IS 'One row a person who wrote to the number.';
COMMENT ON COLUMN users.user_id IS 'Who this is, for every other table.';
COMMENT ON COLUMN users.email IS 'Optional; unique where known.';
COMMENT ON COLUMN users.phone_number IS
  'The WhatsApp address verbatim, such as whatsapp:+1234567890; people with a '
  'username have whatsapp:CC.id instead of a number.';
COMMENT ON COLUMN users.full_name IS
  'The name the person chose in WhatsApp: untrusted.';
COMMENT ON COLUMN users.hashed_password IS 'Only for people who also log in.';
COMMENT ON COLUMN users.password_history IS 'Earlier password hashes, if any.';
COMMENT ON COLUMN users.is_active IS 'False: messages are stored, but not answered.';
COMMENT ON COLUMN users.created_at IS 'First message.';
COMMENT ON COLUMN users.updated_at IS 'Last change of this row (set by a trigger).';

CREATE TABLE opt_outs (
  user_id UUID NOT NULL,
  opted_out_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (user_id),
  FOREIGN KEY(user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
COMMENT ON TABLE opt_outs IS
  'People who wrote STOP: they get no answers until they write START.';
COMMENT ON COLUMN opt_outs.user_id IS 'Who wrote STOP.';
COMMENT ON COLUMN opt_outs.opted_out_at IS 'When.';

CREATE TABLE user_aliases (
  address TEXT NOT NULL,
  user_id UUID NOT NULL,
  PRIMARY KEY (address),
  FOREIGN KEY(user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_user_aliases_user_id ON user_aliases (user_id);
COMMENT ON TABLE user_aliases IS
  'Addresses beside users.phone_number: a number and a business-scoped id that '
  'came in one webhook lead to one user.';
COMMENT ON COLUMN user_aliases.address IS
  'A further WhatsApp address of the same person.';
COMMENT ON COLUMN user_aliases.user_id IS 'Whose address it is.';

CREATE TABLE userchats (
  chat_id TEXT NOT NULL,
  customer_id UUID NOT NULL,
  is_active BOOLEAN DEFAULT true NOT NULL,
  messages JSONB DEFAULT '[]'::jsonb NOT NULL,
  metadata JSONB DEFAULT '{}'::jsonb NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (chat_id),
  CONSTRAINT userchats_chat_id_check CHECK (chat_id ~ '^[0-9a-f]{16}$'),
  CONSTRAINT userchats_messages_check CHECK (jsonb_typeof(messages) = 'array'),
  CONSTRAINT userchats_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
  FOREIGN KEY(customer_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_userchats_created_at ON userchats (created_at);
CREATE INDEX idx_userchats_customer_id ON userchats (customer_id);
CREATE INDEX idx_userchats_is_active ON userchats (is_active);
CREATE UNIQUE INDEX userchats_one_active_a_user ON userchats (customer_id)
  WHERE is_active;
COMMENT ON TABLE userchats IS
  'One row a conversation, with its transcript as a JSONB array.';
COMMENT ON COLUMN userchats.chat_id IS '16 hexadecimal characters.';
COMMENT ON COLUMN userchats.customer_id IS 'Whose chat it is.';
COMMENT ON COLUMN userchats.is_active IS
  'At most one chat a user is active: it takes the next message.';
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, '
  'content and timestamp; where known message_sid, media, reference_id, '
  'in_reply_to (the MessageSids it answers), notice_for (those it only says '
  'something about), command, opt_out_type, model, tokens_used, response_time '
  '(seconds), error.';
COMMENT ON COLUMN userchats.metadata IS 'Whatever else is known of the chat.';
COMMENT ON COLUMN userchats.created_at IS 'First message.';
COMMENT ON COLUMN userchats.updated_at IS 'Last message (set by a trigger).';

CREATE TABLE reply_parts (
  part_id UUID DEFAULT gen_random_uuid() NOT NULL,
  sequence BIGINT GENERATED ALWAYS AS IDENTITY,
  reference_id UUID NOT NULL,
  chat_id TEXT NOT NULL,
  user_id UUID NOT NULL,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT DEFAULT 'pending' NOT NULL,
  message_sid TEXT,
  error_code INTEGER,
  attempts INTEGER DEFAULT 0 NOT NULL,
  claimed_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  PRIMARY KEY (part_id),
  CONSTRAINT reply_parts_position_key UNIQUE (reference_id, position),
  CONSTRAINT reply_parts_message_sid_key UNIQUE (message_sid),
  FOREIGN KEY(chat_id) REFERENCES userchats (chat_id) ON DELETE CASCADE,
  FOREIGN KEY(user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_reply_parts_chat_id ON reply_parts (chat_id);
CREATE INDEX idx_reply_parts_user_id_sequence ON reply_parts (user_id, sequence);
COMMENT ON TABLE reply_parts IS
  'The messages that replies are sent as, and how far each got.';
COMMENT ON COLUMN reply_parts.part_id IS
  'Our id; the status callback''s URL carries it.';
COMMENT ON COLUMN reply_parts.sequence IS
  'Order in which parts were made, over all users.';
COMMENT ON COLUMN reply_parts.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';
COMMENT ON COLUMN reply_parts.chat_id IS 'The chat of the reply.';
COMMENT ON COLUMN reply_parts.user_id IS 'Who gets it.';
COMMENT ON COLUMN reply_parts.position IS '0 for the first message of the reply.';
COMMENT ON COLUMN reply_parts.address IS 'Where it is sent, verbatim.';
COMMENT ON COLUMN reply_parts.body IS 'The text as it is sent.';
COMMENT ON COLUMN reply_parts.status IS
  'pending, sending, uncertain (a send without an answer), then as Twilio says: '
  'accepted, scheduled, queued, sent, delivered, read, failed, undelivered, '
  'canceled.';
COMMENT ON COLUMN reply_parts.message_sid IS 'Twilio''s id, once it is known.';
COMMENT ON COLUMN reply_parts.error_code IS
  'Twilio''s error code of a failure, if any.';
COMMENT ON COLUMN reply_parts.attempts IS 'How often it was given to Twilio.';
COMMENT ON COLUMN reply_parts.claimed_at IS 'When the last attempt began.';
COMMENT ON COLUMN reply_parts.created_at IS 'When the reply was made.';
COMMENT ON COLUMN reply_parts.updated_at IS
  'Last change of this row (set by a trigger).';
"""

TOUCH = """
CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
COMMENT ON FUNCTION set_updated_at() IS
  'Trigger: updated_at is the time of this change.';

CREATE TRIGGER users_updated_at BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER users_updated_at ON users IS 'Keeps updated_at.';

CREATE TRIGGER userchats_updated_at BEFORE UPDATE OF messages ON userchats
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER userchats_updated_at ON userchats IS
  'updated_at is the time of the last message: closing a chat leaves it alone.';

CREATE TRIGGER reply_parts_updated_at BEFORE UPDATE ON reply_parts
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER reply_parts_updated_at ON reply_parts IS 'Keeps updated_at.';
"""

# Alembic makes this table itself, before the first migration runs.
VERSION = """
COMMENT ON TABLE alembic_version IS 'Which migration this database is at.';
COMMENT ON COLUMN alembic_version.version_num IS 'The number of its newest migration.';
"""

STORAGE = """
ALTER TABLE userchats SET (fillfactor = 80);
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_settings
             WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE userchats ALTER COLUMN messages SET COMPRESSION lz4;
  END IF;
END $$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(TOUCH)
    op.execute(VERSION)
    op.execute(STORAGE)


def downgrade() -> None:
    op.execute(
        "DROP TABLE reply_parts, inbound_messages, userchats, opt_outs, "
        "user_aliases, users"
    )
    op.execute("DROP FUNCTION set_updated_at()")
