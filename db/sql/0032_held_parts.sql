-- Parts that wait for their user to write: held, with the time since when.

ALTER TABLE reply_parts ADD COLUMN heard_at timestamptz,
  ADD COLUMN held_at timestamptz;
COMMENT ON COLUMN reply_parts.heard_at IS
  'When the user last wrote, as far as was known; NULL: their chats tell.';
COMMENT ON COLUMN reply_parts.held_at IS
  'Since when it waits for the user to write, or of a fallback since when they were told; '
  'NULL: it does not.';
COMMENT ON COLUMN reply_parts.status IS
  'pending, sending, uncertain (a send without an answer), then as Twilio says: '
  'accepted, scheduled, queued, sent, delivered, read, failed, undelivered, canceled. '
  'Or held: until the user writes.';
COMMENT ON COLUMN reply_parts.author IS
  'Who wrote it: bot; fallback: that something is held; relay: what operators are told of '
  'customers; else the user_id of the operator who did, or person.';
CREATE INDEX idx_reply_parts_held ON reply_parts (user_id, sequence)
  WHERE held_at IS NOT NULL;

-- Rows of before need no look at all: not all of the table is read under the lock.
ALTER TABLE reply_parts DROP CONSTRAINT reply_parts_status_check;
ALTER TABLE reply_parts ADD CONSTRAINT reply_parts_status_check CHECK (
  status IN ('pending', 'sending', 'uncertain', 'held', 'accepted', 'scheduled',
             'queued', 'sent', 'delivered', 'read', 'failed', 'undelivered',
             'canceled')) NOT VALID;
ALTER TABLE reply_parts ADD CONSTRAINT reply_parts_held_check CHECK (
  status <> 'held' OR held_at IS NOT NULL) NOT VALID;
ALTER TABLE reply_parts VALIDATE CONSTRAINT reply_parts_status_check,
  VALIDATE CONSTRAINT reply_parts_held_check;

CREATE OR REPLACE FUNCTION is_unsettled(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('pending', 'sending', 'uncertain', 'held');

-- As in 0026; but what was held is not sent any more, either.
CREATE OR REPLACE FUNCTION change_owner(
  their_id uuid, new_owner text, operator uuid, why text, lasts interval,
  about text DEFAULT NULL
) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before users%ROWTYPE;
  now_version integer;
BEGIN
  SELECT * INTO before FROM users WHERE user_id = their_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE users SET owner = new_owner, owner_id = operator, owner_reason = why,
    owner_until = now() + lasts, owner_warned_at = NULL,
    taken_at = CASE WHEN new_owner = 'human' AND before.owner <> 'human'
      THEN clock_timestamp() ELSE before.taken_at END,
    owner_since = CASE WHEN (before.owner, before.owner_id)
      IS DISTINCT FROM (new_owner, operator) THEN now() ELSE before.owner_since END,
    owner_version = before.owner_version + CASE WHEN (before.owner, before.owner_id)
      IS DISTINCT FROM (new_owner, operator) THEN 1 ELSE 0 END
  WHERE user_id = their_id RETURNING owner_version INTO now_version;
  IF new_owner = 'human' THEN
    UPDATE reply_parts SET
      status = CASE status WHEN 'pending' THEN 'canceled' ELSE status END
    WHERE user_id = their_id AND unsettled AND author = 'bot';
    UPDATE reply_parts SET status = 'canceled'
    WHERE user_id = their_id AND held_at IS NOT NULL AND status = 'held'
      AND author = 'bot';
  END IF;
  IF now_version <> before.owner_version THEN
    IF new_owner <> 'bot' THEN
      PERFORM open_ticket(their_id, why, about);
    END IF;
    UPDATE support_tickets SET assignee_id = COALESCE(operator, assignee_id)
    WHERE user_id = their_id AND status <> 'resolved' AND new_owner = 'human';
    PERFORM note_event(id, operator, CASE new_owner WHEN 'human' THEN 'taken'
        WHEN 'queue' THEN 'queued' ELSE 'given back' END, jsonb_build_object('why', why))
    FROM support_tickets WHERE user_id = their_id AND status <> 'resolved';
    IF new_owner = 'queue' THEN
      PERFORM call_operators(their_id);
    END IF;
  END IF;
  RETURN now_version;
END $$;

CREATE VIEW held_messages AS
SELECT part.held_at, date_trunc('second', now() - part.held_at) AS waiting,
       part.user_id AS customer_id, users.phone_number, users.full_name,
       CASE WHEN part.author = 'bot' THEN 'bot'
         ELSE COALESCE(author.full_name, author.email, 'person') END AS author,
       part.body,
       (SELECT told.status FROM reply_parts AS told
        WHERE told.user_id = part.user_id AND told.held_at IS NOT NULL
          AND told.author = 'fallback' ORDER BY told.sequence DESC LIMIT 1) AS fallback,
       part.created_at, part.chat_id, part.part_id
FROM reply_parts AS part JOIN users ON users.user_id = part.user_id
LEFT JOIN users AS author ON author.user_id::text = part.author
WHERE part.held_at IS NOT NULL AND part.status = 'held';
COMMENT ON VIEW held_messages IS
  'One row a message of ours that waits for its user to write: WhatsApp takes no free '
  'text from us before.';
COMMENT ON COLUMN held_messages.held_at IS 'Since when.';
COMMENT ON COLUMN held_messages.waiting IS 'For how long.';
COMMENT ON COLUMN held_messages.customer_id IS 'The user who gets it.';
COMMENT ON COLUMN held_messages.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN held_messages.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN held_messages.author IS 'Who wrote it: bot, or the operator.';
COMMENT ON COLUMN held_messages.body IS 'The text that waits.';
COMMENT ON COLUMN held_messages.fallback IS
  'How far the template got that tells them so; NULL: there is none.';
COMMENT ON COLUMN held_messages.created_at IS 'When it was made.';
COMMENT ON COLUMN held_messages.chat_id IS 'The chat of the reply.';
COMMENT ON COLUMN held_messages.part_id IS 'Our id (see reply_parts).';

CREATE VIEW masked.held_messages AS
SELECT held_at, waiting, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name,
       masked.shorten_name(author) AS author, body, fallback, created_at, chat_id, part_id
FROM public.held_messages;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute
    WHERE attrelid = 'public.held_messages'::regclass AND attnum > 0
  LOOP
    EXECUTE format('COMMENT ON COLUMN masked.held_messages.%I IS %L',
                   told.attname, told.comment);
  END LOOP;
  EXECUTE format('COMMENT ON VIEW masked.held_messages IS %L',
    obj_description('public.held_messages'::regclass, 'pg_class')
      || ' Addresses masked, names shortened.');
END $$;
