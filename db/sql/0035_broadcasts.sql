-- Who wants to be written to, and what a broadcast has come to.

CREATE TABLE opt_ins (
  user_id uuid NOT NULL,
  opted_in_at timestamptz DEFAULT now() NOT NULL,
  how text NOT NULL,
  CONSTRAINT opt_ins_pkey PRIMARY KEY (user_id),
  CONSTRAINT opt_ins_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
COMMENT ON TABLE opt_ins IS
  'People who want to be written to first: broadcasts go to them alone. STOP '
  'takes the row away (a trigger on opt_outs).';
COMMENT ON COLUMN opt_ins.user_id IS
  'Who wants to be written to.';
COMMENT ON COLUMN opt_ins.opted_in_at IS
  'When that was recorded.';
COMMENT ON COLUMN opt_ins.how IS
  'How they said so, in an operator''s words, such as form of 2026-11-01.';

CREATE TABLE broadcasts (
  broadcast_id text NOT NULL,
  template_id text NOT NULL,
  name text NOT NULL,
  category text NOT NULL,
  body text NOT NULL,
  state text DEFAULT 'going' NOT NULL,
  reason text,
  created_at timestamptz DEFAULT now() NOT NULL,
  changed_at timestamptz DEFAULT now() NOT NULL,
  told_at timestamptz,
  CONSTRAINT broadcasts_pkey PRIMARY KEY (broadcast_id),
  CONSTRAINT broadcasts_state_check
    CHECK (state IN ('going', 'paused', 'done', 'canceled'))
);
CREATE INDEX idx_broadcasts_created_at ON broadcasts (created_at);
CREATE UNIQUE INDEX idx_broadcasts_going ON broadcasts (template_id)
  WHERE state = ANY (ARRAY['going'::text, 'paused'::text]);
COMMENT ON TABLE broadcasts IS
  'Templates that are sent to many; of one template one at a time.';
COMMENT ON COLUMN broadcasts.broadcast_id IS
  'Which one: 8 hex digits.';
COMMENT ON COLUMN broadcasts.template_id IS
  'Twilio''s id of its template.';
COMMENT ON COLUMN broadcasts.name IS
  'The template''s name at Twilio.';
COMMENT ON COLUMN broadcasts.category IS
  'What WhatsApp took the template for: UTILITY, MARKETING.';
COMMENT ON COLUMN broadcasts.body IS
  'The template''s text when it was started, with its gaps.';
COMMENT ON COLUMN broadcasts.state IS
  'going, paused, done, canceled. The worker sends what is going; paused: until '
  '`bot broadcast resume`; done: everybody had their turn.';
COMMENT ON COLUMN broadcasts.reason IS
  'Why it is paused.';
COMMENT ON COLUMN broadcasts.created_at IS
  'When it was started.';
COMMENT ON COLUMN broadcasts.changed_at IS
  'When its state changed last.';
COMMENT ON COLUMN broadcasts.told_at IS
  'When operators were told of the pause; NULL of what is paused: not yet.';

CREATE TABLE broadcast_recipients (
  broadcast_id text NOT NULL,
  user_id uuid NOT NULL,
  place bigint NOT NULL,
  variables jsonb,
  state text DEFAULT 'waiting' NOT NULL,
  why text,
  reference_id uuid,
  turned_at timestamptz,
  CONSTRAINT broadcast_recipients_pkey PRIMARY KEY (broadcast_id, user_id),
  CONSTRAINT broadcast_recipients_state_check
    CHECK (state IN ('waiting', 'stored', 'skipped')),
  CONSTRAINT broadcast_recipients_broadcast_id_fkey
    FOREIGN KEY (broadcast_id) REFERENCES broadcasts (broadcast_id) ON DELETE CASCADE,
  CONSTRAINT broadcast_recipients_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_broadcast_recipients_stored ON broadcast_recipients (turned_at)
  WHERE state = 'stored'::text;
CREATE INDEX idx_broadcast_recipients_user_id ON broadcast_recipients (user_id);
CREATE INDEX idx_broadcast_recipients_waiting ON broadcast_recipients (broadcast_id, place)
  WHERE state = 'waiting'::text;
COMMENT ON TABLE broadcast_recipients IS
  'Whose turn came, or will: a message is stored with the row that says so.';
COMMENT ON COLUMN broadcast_recipients.broadcast_id IS
  'Of which broadcast.';
COMMENT ON COLUMN broadcast_recipients.user_id IS
  'Who gets it: each person once.';
COMMENT ON COLUMN broadcast_recipients.place IS
  'The order of their turns.';
COMMENT ON COLUMN broadcast_recipients.variables IS
  'What fills the template''s gaps; NULL: it is with the message by now.';
COMMENT ON COLUMN broadcast_recipients.state IS
  'waiting, stored, skipped: how far the message got, its row of reply_parts '
  'tells.';
COMMENT ON COLUMN broadcast_recipients.why IS
  'Why they were skipped.';
COMMENT ON COLUMN broadcast_recipients.reference_id IS
  'The reply, once it is stored.';
COMMENT ON COLUMN broadcast_recipients.turned_at IS
  'When their turn came.';

-- Whoever wrote STOP, or opted out at Twilio, wants nothing: START alone changes only
-- that they get answers. START takes away, too, what a transaction recorded that was
-- open as STOP came.
CREATE FUNCTION end_opt_in() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM opt_ins WHERE user_id = COALESCE(NEW.user_id, OLD.user_id);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION end_opt_in() IS 'Takes the opt-in of who wrote STOP away.';
CREATE TRIGGER end_opt_in AFTER INSERT OR DELETE ON opt_outs
  FOR EACH ROW EXECUTE FUNCTION end_opt_in();
COMMENT ON TRIGGER end_opt_in ON opt_outs IS 'Whoever wrote STOP wants nothing more.';

COMMENT ON COLUMN reply_parts.author IS
  'Who wrote it: bot; broadcast; fallback: that something is held; relay: what operators '
  'are told of customers; else the user_id of the operator who did, or person.';

-- What people are known by must not stand in the planner's samples.
ALTER TABLE opt_ins ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN how SET STATISTICS 0;
ALTER TABLE broadcast_recipients ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN variables SET STATISTICS 0, ALTER COLUMN reference_id SET STATISTICS 0;

CREATE VIEW broadcast_overview AS
SELECT broadcast_id, name, category, state, reason, created_at, changed_at, people,
       waiting, skipped, on_their_way, sent, delivered, read, failed, amount, currency,
       template_id
FROM broadcasts CROSS JOIN LATERAL (
  SELECT count(*) AS people,
         count(*) FILTER (WHERE own.state = 'waiting') AS waiting,
         count(*) FILTER (WHERE own.state = 'skipped') AS skipped,
         count(*) FILTER (WHERE is_unsettled(part.status)
           OR part.status IN ('accepted', 'scheduled', 'queued')) AS on_their_way,
         count(*) FILTER (WHERE part.status IN ('sent', 'delivered', 'read')) AS sent,
         count(*) FILTER (WHERE part.status IN ('delivered', 'read')) AS delivered,
         count(*) FILTER (WHERE part.status = 'read') AS read,
         count(*) FILTER (WHERE is_failed(part.status)) AS failed,
         COALESCE(sum(spent.micros), 0) / 1000000.0 AS amount,
         max(spent.currency) AS currency
  FROM broadcast_recipients AS own
  LEFT JOIN reply_parts AS part
    ON part.reference_id = own.reference_id AND part.position = 0
  LEFT JOIN spendings AS spent
    ON spent.part_id = part.part_id AND spent.state <> 'released'
  WHERE own.broadcast_id = broadcasts.broadcast_id
) AS counted;
COMMENT ON VIEW broadcast_overview IS 'How far each broadcast got, and what it cost.';
COMMENT ON COLUMN broadcast_overview.broadcast_id IS 'Which one.';
COMMENT ON COLUMN broadcast_overview.name IS 'The template''s name at Twilio.';
COMMENT ON COLUMN broadcast_overview.category IS 'What WhatsApp took it for.';
COMMENT ON COLUMN broadcast_overview.state IS 'going, paused, done or canceled.';
COMMENT ON COLUMN broadcast_overview.reason IS 'Why it is paused.';
COMMENT ON COLUMN broadcast_overview.created_at IS 'When it was started.';
COMMENT ON COLUMN broadcast_overview.changed_at IS 'When its state changed last.';
COMMENT ON COLUMN broadcast_overview.people IS 'How many it is for.';
COMMENT ON COLUMN broadcast_overview.waiting IS 'How many wait for their turn.';
COMMENT ON COLUMN broadcast_overview.skipped IS
  'How many were left out when their turn came: STOP, no opt-in, a person has the chat.';
COMMENT ON COLUMN broadcast_overview.on_their_way IS
  'How many messages are not known to be sent by WhatsApp yet.';
COMMENT ON COLUMN broadcast_overview.sent IS 'How many were sent, delivered or not.';
COMMENT ON COLUMN broadcast_overview.delivered IS 'How many were delivered, read or not.';
COMMENT ON COLUMN broadcast_overview.read IS 'How many were read, as far as is told.';
COMMENT ON COLUMN broadcast_overview.failed IS
  'How many failed, or were canceled before they were sent.';
COMMENT ON COLUMN broadcast_overview.amount IS 'What its messages cost.';
COMMENT ON COLUMN broadcast_overview.currency IS 'Of the amount; NULL: nothing counted.';
COMMENT ON COLUMN broadcast_overview.template_id IS 'Twilio''s id of its template.';

CREATE VIEW masked.broadcast_overview AS SELECT * FROM public.broadcast_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute
    WHERE attnum > 0 AND attrelid = 'public.broadcast_overview'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.broadcast_overview IS %L', told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.broadcast_overview.%I IS %L',
                   told.attname, told.comment);
  END LOOP;
END $$;
