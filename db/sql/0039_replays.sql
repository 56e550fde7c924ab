-- Answers of the past given anew, and what people see of them.

CREATE TABLE replays (
  id bigint GENERATED ALWAYS AS IDENTITY,
  asked_for text NOT NULL,
  prompt text,
  model text,
  knowledge text NOT NULL,
  most_micros bigint,
  estimated_micros bigint,
  spent_micros bigint DEFAULT 0 NOT NULL,
  currency text,
  created_at timestamptz DEFAULT now() NOT NULL,
  ended_at timestamptz,
  CONSTRAINT replays_pkey PRIMARY KEY (id),
  CONSTRAINT replays_knowledge_check CHECK (knowledge IN ('now', 'then'))
);
CREATE INDEX idx_replays_created_at ON replays (created_at);
COMMENT ON TABLE replays IS
  'Answers of the past given anew by another prompt, model or knowledge.';
COMMENT ON COLUMN replays.id IS 'Which one.';
COMMENT ON COLUMN replays.asked_for IS 'Which answers, in words that name nobody.';
COMMENT ON COLUMN replays.prompt IS
  'The system prompt that was tried; NULL: the one that was set.';
COMMENT ON COLUMN replays.model IS
  'The LLM that was tried; NULL: the one that was set.';
COMMENT ON COLUMN replays.knowledge IS
  'now: what is known today; then: what was found then.';
COMMENT ON COLUMN replays.most_micros IS
  'What it may spend, in millionths; NULL: as much as it needs.';
COMMENT ON COLUMN replays.estimated_micros IS
  'What it was thought to cost at most; NULL: there are no PRICES.';
COMMENT ON COLUMN replays.spent_micros IS
  'What it spent so far, also for whom was erased since.';
COMMENT ON COLUMN replays.currency IS 'Of the amounts; NULL: there are no PRICES.';
COMMENT ON COLUMN replays.created_at IS 'When it was begun first.';
COMMENT ON COLUMN replays.ended_at IS 'When nothing was left to answer.';

CREATE TABLE replay_answers (
  replay_id bigint NOT NULL,
  position integer NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  reference_id uuid NOT NULL,
  state text DEFAULT 'waiting' NOT NULL,
  question text NOT NULL,
  before text NOT NULL,
  after text,
  is_same boolean,
  told jsonb DEFAULT '{}' NOT NULL,
  error text,
  model text,
  tokens integer,
  cost_micros bigint,
  seconds numeric(10,3),
  answered_at timestamptz,
  CONSTRAINT replay_answers_pkey PRIMARY KEY (replay_id, position),
  CONSTRAINT replay_answers_replay_id_fkey
    FOREIGN KEY (replay_id) REFERENCES replays (id) ON DELETE CASCADE,
  CONSTRAINT replay_answers_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT replay_answers_state_check CHECK (state IN ('waiting', 'done', 'failed'))
);
CREATE INDEX idx_replay_answers_chat_id ON replay_answers (chat_id);
CREATE INDEX idx_replay_answers_user_id ON replay_answers (user_id);
COMMENT ON TABLE replay_answers IS
  'Each answer of a replay: what was said then, and what would be now.';
COMMENT ON COLUMN replay_answers.replay_id IS 'The replay.';
COMMENT ON COLUMN replay_answers.position IS
  'Its place among that replay''s answers, from 1.';
COMMENT ON COLUMN replay_answers.user_id IS 'Who was answered.';
COMMENT ON COLUMN replay_answers.chat_id IS
  'In which chat, which may be archived by now.';
COMMENT ON COLUMN replay_answers.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';
COMMENT ON COLUMN replay_answers.state IS
  'waiting: it is to be answered; done; failed: there was no answer.';
COMMENT ON COLUMN replay_answers.question IS 'What was asked: untrusted.';
COMMENT ON COLUMN replay_answers.before IS 'What was said then.';
COMMENT ON COLUMN replay_answers.after IS 'What would be said now: untrusted.';
COMMENT ON COLUMN replay_answers.is_same IS 'Whether both are the same, word for word.';
COMMENT ON COLUMN replay_answers.told IS
  'What belongs to it: calls of tools, divergences, sources, notes.';
COMMENT ON COLUMN replay_answers.error IS 'Why there was no answer.';
COMMENT ON COLUMN replay_answers.model IS 'The LLM, as its server calls it.';
COMMENT ON COLUMN replay_answers.tokens IS 'What it read and wrote; NULL: not told.';
COMMENT ON COLUMN replay_answers.cost_micros IS 'What asking for it cost.';
COMMENT ON COLUMN replay_answers.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN replay_answers.answered_at IS 'When it was answered anew.';
-- ANALYZE would keep samples of what people wrote.
ALTER TABLE replays
  ALTER COLUMN asked_for SET STATISTICS 0,
  ALTER COLUMN prompt SET STATISTICS 0,
  ALTER COLUMN model SET STATISTICS 0;
ALTER TABLE replay_answers
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN question SET STATISTICS 0,
  ALTER COLUMN before SET STATISTICS 0,
  ALTER COLUMN after SET STATISTICS 0,
  ALTER COLUMN told SET STATISTICS 0,
  ALTER COLUMN error SET STATISTICS 0,
  ALTER COLUMN model SET STATISTICS 0;

-- They go with their chat, as what answers stood on does.
CREATE FUNCTION forget_replays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM userchats WHERE chat_id = OLD.chat_id)
    AND NOT EXISTS (SELECT FROM userchats_archive WHERE chat_id = OLD.chat_id)
  THEN
    DELETE FROM replay_answers WHERE chat_id = OLD.chat_id;
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION forget_replays() IS
  'Trigger: the answers of a chat that were given anew go with it.';
CREATE TRIGGER userchats_replays AFTER DELETE ON userchats
  FOR EACH ROW EXECUTE FUNCTION forget_replays();
COMMENT ON TRIGGER userchats_replays ON userchats IS
  'Its answers that were given anew go with a chat, unless it is archived.';
CREATE TRIGGER userchats_archive_replays AFTER DELETE ON userchats_archive
  FOR EACH ROW EXECUTE FUNCTION forget_replays();
COMMENT ON TRIGGER userchats_archive_replays ON userchats_archive IS
  'Its answers that were given anew go with a chat.';

-- What is spent to judge answers has bounds of its own: it takes nothing from budgets
-- that users are answered from.
CREATE OR REPLACE FUNCTION open_budgets(
  on_day date, whose uuid, limits jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  this_month date := date_trunc('month', on_day)::date;
BEGIN
  IF (SELECT count(*) FROM budgets
      WHERE (scope = 'day' AND starts_on = on_day AND user_id IS NULL
          OR scope = 'month' AND starts_on = this_month AND user_id IS NULL
          OR scope = 'person' AND starts_on = on_day AND user_id = whose)
        AND limits ? scope)
    = (limits ? 'day')::int + (limits ? 'month')::int
      + (limits ? 'person' AND whose IS NOT NULL)::int
  THEN
    PERFORM share_ledger();
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('spendings'));
  INSERT INTO budgets (scope, starts_on, user_id, limit_micros, spent_micros)
  SELECT scope, since, theirs, (limits ->> scope)::bigint,
    (SELECT COALESCE(sum(micros), 0) FROM spendings
     WHERE day >= since AND day < until AND purpose NOT IN ('replay', 'evaluate', 'judge')
       AND (theirs IS NULL OR user_id = theirs))
  FROM (VALUES
    ('day', on_day, on_day + 1, NULL::uuid),
    ('month', this_month, (this_month + interval '1 month')::date, NULL),
    ('person', on_day, on_day + 1, whose)) AS period (scope, since, until, theirs)
  WHERE limits ? scope AND (scope <> 'person' OR theirs IS NOT NULL)
    -- What is there is not added up again: a month may be long.
    AND NOT EXISTS (
      SELECT FROM budgets AS known
      WHERE known.scope = period.scope AND known.starts_on = since
        AND known.user_id IS NOT DISTINCT FROM theirs)
  ORDER BY scope
  ON CONFLICT DO NOTHING;
END $$;
CREATE OR REPLACE FUNCTION tell_of_budgets(on_day date)
RETURNS text[] LANGUAGE sql
SET search_path = pg_catalog, public, procrastinate, pg_temp AS $$
  WITH told AS (
    UPDATE budgets SET told_at = now()
    WHERE told_at IS NULL AND user_id IS NULL
      AND (scope = 'day' AND starts_on = on_day
        OR scope = 'month' AND starts_on = date_trunc('month', on_day)::date)
      AND spent_micros * 5 >= limit_micros * 4
      -- Again without what is reserved only, at its worst, which is looked up but now.
      AND (spent_micros - (
        SELECT COALESCE(sum(micros), 0) FROM spendings
        WHERE state = 'reserved' AND purpose NOT IN ('replay', 'evaluate', 'judge')
          AND day >= starts_on
          AND day < starts_on + CASE scope WHEN 'month' THEN interval '1 month'
                                ELSE interval '1 day' END)) * 5 >= limit_micros * 4
    RETURNING scope, starts_on, limit_micros
  ), deferred AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
    SELECT 'alerts', 'tell_budget', name,
           jsonb_build_object('scope', scope, 'starts_on', starts_on::text,
                              'limit_micros', limit_micros)
    FROM told
    CROSS JOIN concat_ws(':', 'budget', scope, starts_on, limit_micros) AS name
    -- Once for each limit: processes that differ in it would tell without end.
    WHERE NOT EXISTS (
      SELECT FROM procrastinate_jobs AS known
      WHERE known.task_name = 'tell_budget' AND known.lock = name))
  SELECT COALESCE(array_agg(scope ORDER BY scope), '{}') FROM told
$$;

CREATE VIEW replayed_answers AS
SELECT anew.replay_id, anew.position, anew.user_id AS customer_id, users.phone_number,
       users.full_name, anew.question, anew.before, anew.after, anew.is_same, anew.state,
       CASE jsonb_typeof(anew.told -> 'divergences') WHEN 'array'
         THEN jsonb_array_length(anew.told -> 'divergences') ELSE 0 END AS divergences,
       anew.error, anew.told ->> 'sources' AS sources, anew.model, anew.tokens,
       anew.cost_micros / 1000000.0 AS amount, replays.currency, anew.seconds,
       anew.answered_at, anew.chat_id, anew.reference_id
FROM replay_answers AS anew
JOIN replays ON replays.id = anew.replay_id
JOIN users ON users.user_id = anew.user_id;
COMMENT ON VIEW replayed_answers IS
  'One row an answer that was given anew: then, and now.';
COMMENT ON COLUMN replayed_answers.replay_id IS 'The replay.';
COMMENT ON COLUMN replayed_answers.position IS
  'Its place among that replay''s answers, from 1.';
COMMENT ON COLUMN replayed_answers.customer_id IS 'The user who was answered.';
COMMENT ON COLUMN replayed_answers.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN replayed_answers.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN replayed_answers.question IS 'What was asked: untrusted.';
COMMENT ON COLUMN replayed_answers.before IS 'What was said then.';
COMMENT ON COLUMN replayed_answers.after IS 'What would be said now: untrusted.';
COMMENT ON COLUMN replayed_answers.is_same IS
  'Whether both are the same, word for word.';
COMMENT ON COLUMN replayed_answers.state IS 'waiting, done, or failed.';
COMMENT ON COLUMN replayed_answers.divergences IS
  'How many calls of tools were not as they were.';
COMMENT ON COLUMN replayed_answers.error IS 'Why there was no answer.';
COMMENT ON COLUMN replayed_answers.sources IS
  'What the new answer names as its sources.';
COMMENT ON COLUMN replayed_answers.model IS 'The LLM, as its server calls it.';
COMMENT ON COLUMN replayed_answers.tokens IS 'What it read and wrote.';
COMMENT ON COLUMN replayed_answers.amount IS 'What asking for it cost.';
COMMENT ON COLUMN replayed_answers.currency IS 'Of the amount.';
COMMENT ON COLUMN replayed_answers.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN replayed_answers.answered_at IS 'When it was answered anew.';
COMMENT ON COLUMN replayed_answers.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN replayed_answers.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';

CREATE VIEW masked.replayed_answers AS
SELECT replay_id, position, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, question, before, after, is_same,
       state, divergences, error, sources, model, tokens, amount, currency, seconds,
       answered_at, chat_id, reference_id
FROM public.replayed_answers;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid = 'public.replayed_answers'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
