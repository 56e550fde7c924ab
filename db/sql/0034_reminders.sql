-- What the bot says later, and the view that people read it by.

CREATE TABLE scheduled_messages (
  scheduled_id uuid DEFAULT gen_random_uuid() NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  kind text NOT NULL,
  number integer,
  text text DEFAULT '' NOT NULL,
  say_at timestamptz NOT NULL,
  state text DEFAULT 'waiting' NOT NULL,
  why text,
  call_id uuid,
  offer_id uuid,
  heard_at timestamptz,
  reference_id uuid,
  canceled_by text,
  created_at timestamptz DEFAULT now() NOT NULL,
  ended_at timestamptz,
  CONSTRAINT scheduled_messages_pkey PRIMARY KEY (scheduled_id),
  CONSTRAINT scheduled_messages_call_id_key UNIQUE (call_id),
  CONSTRAINT scheduled_messages_offer_id_key UNIQUE (offer_id),
  CONSTRAINT scheduled_messages_user_id_number_key UNIQUE (user_id, number),
  CONSTRAINT scheduled_messages_kind_check CHECK (kind IN ('reminder', 'follow_up')),
  CONSTRAINT scheduled_messages_state_check CHECK (
    state IN ('waiting', 'said', 'canceled', 'dropped')),
  CONSTRAINT scheduled_messages_number_check CHECK (
    (kind = 'reminder') = (number IS NOT NULL)),
  CONSTRAINT scheduled_messages_text_check CHECK (char_length(text) <= 1000),
  CONSTRAINT scheduled_messages_ended_at_check CHECK (
    (state = 'waiting') = (ended_at IS NULL)),
  CONSTRAINT scheduled_messages_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX scheduled_messages_one_follow_up ON scheduled_messages (user_id)
  WHERE kind = 'follow_up' AND state = 'waiting';
CREATE INDEX idx_scheduled_messages_due ON scheduled_messages (say_at, scheduled_id)
  WHERE state = 'waiting';
CREATE INDEX idx_scheduled_messages_ended_at ON scheduled_messages (ended_at);
COMMENT ON TABLE scheduled_messages IS
  'What the bot is to say later, each once: reminders and follow-ups.';
COMMENT ON COLUMN scheduled_messages.scheduled_id IS 'Which one.';
COMMENT ON COLUMN scheduled_messages.user_id IS 'To whom it is said.';
COMMENT ON COLUMN scheduled_messages.chat_id IS
  'In which chat it came up, which may be archived by now.';
COMMENT ON COLUMN scheduled_messages.kind IS
  'reminder: the user asked for it; follow_up: a word of the bot''s where they are '
  'silent after an offer.';
COMMENT ON COLUMN scheduled_messages.number IS
  'The user''s own number of a reminder, counted up; NULL: a follow-up.';
COMMENT ON COLUMN scheduled_messages.text IS
  'What they are reminded of, in the LLM''s words: untrusted.';
COMMENT ON COLUMN scheduled_messages.say_at IS 'When it is due.';
COMMENT ON COLUMN scheduled_messages.state IS
  'waiting, said, canceled (somebody did not want it any more), or dropped (it could '
  'not be said).';
COMMENT ON COLUMN scheduled_messages.why IS
  'Why it is canceled or dropped, for operators.';
COMMENT ON COLUMN scheduled_messages.call_id IS
  'The call of a tool that asked for it: once, however often it is made.';
COMMENT ON COLUMN scheduled_messages.offer_id IS
  'The reply with the offer that a follow-up is for; NULL: a reminder.';
COMMENT ON COLUMN scheduled_messages.heard_at IS
  'When the user had written last, as a follow-up was planned: a later word of theirs '
  'cancels it.';
COMMENT ON COLUMN scheduled_messages.reference_id IS
  'The reply that said it; NULL: none did.';
COMMENT ON COLUMN scheduled_messages.canceled_by IS
  'Who canceled it: user or operator; NULL: nobody, or the bot itself.';
COMMENT ON COLUMN scheduled_messages.created_at IS 'When it was planned.';
COMMENT ON COLUMN scheduled_messages.ended_at IS
  'When its state became final; NULL: it waits.';
-- ANALYZE would keep samples of what people are known by.
ALTER TABLE scheduled_messages
  ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN text SET STATISTICS 0,
  ALTER COLUMN why SET STATISTICS 0,
  ALTER COLUMN canceled_by SET STATISTICS 0;

-- Whoever stops the bot, or is deactivated, hears nothing of before any more, also
-- when they begin again: by whichever way it came.
CREATE FUNCTION cancel_scheduled() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE scheduled_messages SET state = 'canceled', why = TG_ARGV[0], ended_at = now()
  WHERE user_id = NEW.user_id AND state = 'waiting';
  RETURN NULL;
END $$;
COMMENT ON FUNCTION cancel_scheduled() IS
  'Cancels what waits to be said to a user.';
CREATE TRIGGER opt_outs_cancel_scheduled AFTER INSERT ON opt_outs
FOR EACH ROW EXECUTE FUNCTION cancel_scheduled('they wrote STOP');
CREATE TRIGGER users_cancel_scheduled AFTER UPDATE OF is_active ON users
FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
EXECUTE FUNCTION cancel_scheduled('they were deactivated');
COMMENT ON TRIGGER opt_outs_cancel_scheduled ON opt_outs IS
  'Whoever stops the bot hears nothing of before any more.';
COMMENT ON TRIGGER users_cancel_scheduled ON users IS
  'Nor does whoever is deactivated.';

-- Of whom a person has the chat, a reminder is a note for that person.
COMMENT ON COLUMN support_messages.kind IS
  'note: for operators, by one of them or the bot; event: what was done.';

CREATE VIEW scheduled_overview AS
SELECT scheduled.say_at, scheduled.user_id AS customer_id, users.phone_number,
       users.full_name, scheduled.kind, scheduled.number, scheduled.text,
       scheduled.state, scheduled.why, scheduled.canceled_by,
       scheduled.created_at AS planned_at, scheduled.ended_at, scheduled.chat_id,
       scheduled.call_id, scheduled.offer_id, scheduled.reference_id,
       scheduled.scheduled_id
FROM scheduled_messages AS scheduled JOIN users USING (user_id);
COMMENT ON VIEW scheduled_overview IS
  'One row a message that the bot says later, or said: reminders and follow-ups.';
COMMENT ON COLUMN scheduled_overview.say_at IS 'When it is due.';
COMMENT ON COLUMN scheduled_overview.customer_id IS 'The user to whom it is said.';
COMMENT ON COLUMN scheduled_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN scheduled_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN scheduled_overview.kind IS
  'reminder (the user asked for it) or follow_up (after an offer).';
COMMENT ON COLUMN scheduled_overview.number IS
  'The user''s own number of a reminder.';
COMMENT ON COLUMN scheduled_overview.text IS
  'What they are reminded of: untrusted.';
COMMENT ON COLUMN scheduled_overview.state IS
  'waiting, said, canceled (somebody did not want it any more), or dropped (it could '
  'not be said).';
COMMENT ON COLUMN scheduled_overview.why IS 'Why it is canceled or dropped.';
COMMENT ON COLUMN scheduled_overview.canceled_by IS
  'user or operator; NULL: nobody, or the bot itself.';
COMMENT ON COLUMN scheduled_overview.planned_at IS 'When it was planned.';
COMMENT ON COLUMN scheduled_overview.ended_at IS
  'When it was said, canceled or dropped.';
COMMENT ON COLUMN scheduled_overview.chat_id IS 'In which chat it came up.';
COMMENT ON COLUMN scheduled_overview.call_id IS
  'The call of a tool that asked for it.';
COMMENT ON COLUMN scheduled_overview.offer_id IS
  'The reply with the offer that a follow-up is for.';
COMMENT ON COLUMN scheduled_overview.reference_id IS 'The reply that said it.';
COMMENT ON COLUMN scheduled_overview.scheduled_id IS
  'Its row of scheduled_messages.';

CREATE VIEW masked.scheduled_overview AS
SELECT say_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, kind, number, text, state, why,
       canceled_by, planned_at, ended_at, chat_id, call_id, offer_id, reference_id,
       scheduled_id
FROM public.scheduled_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid = 'public.scheduled_overview'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
