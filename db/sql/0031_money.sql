-- What calls cost, and the sums that budgets are held against.

CREATE TABLE spendings (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid,
  chat_id text,
  message_sid text,
  part_id uuid,
  purpose text NOT NULL,
  model text NOT NULL,
  state text NOT NULL,
  micros bigint NOT NULL,
  currency text NOT NULL,
  priced_on date NOT NULL,
  input_tokens integer,
  cached_tokens integer,
  output_tokens integer,
  reasoning_tokens integer,
  seconds numeric(10, 3),
  characters integer,
  is_estimated boolean DEFAULT false NOT NULL,
  is_unknown boolean DEFAULT false NOT NULL,
  day date NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  settled_at timestamptz,
  CONSTRAINT spendings_pkey PRIMARY KEY (id),
  CONSTRAINT spendings_state_check CHECK (state IN ('reserved', 'settled', 'released')),
  CONSTRAINT spendings_micros_check CHECK (micros >= 0),
  CONSTRAINT spendings_part_id_key UNIQUE (part_id),
  CONSTRAINT spendings_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE SET NULL
)
WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX idx_spendings_chat_id ON spendings (chat_id);
CREATE INDEX idx_spendings_created_at ON spendings (created_at);
CREATE INDEX idx_spendings_day ON spendings (day);
CREATE INDEX idx_spendings_message_sid ON spendings (message_sid);
CREATE INDEX idx_spendings_reserved ON spendings (created_at) WHERE state = 'reserved';
CREATE INDEX idx_spendings_user_id ON spendings (user_id, day);
COMMENT ON TABLE spendings IS
  'What every call cost, written before it was made. Where somebody is erased the '
  'sums stay.';
COMMENT ON COLUMN spendings.id IS 'Which one.';
COMMENT ON COLUMN spendings.user_id IS
  'For whom; NULL: for nobody, or for somebody who was erased since.';
COMMENT ON COLUMN spendings.chat_id IS 'In which chat, which may be archived by now.';
COMMENT ON COLUMN spendings.message_sid IS
  'The last of the messages that it was for, when it was asked.';
COMMENT ON COLUMN spendings.part_id IS
  'The part of a reply that was sent, of a message.';
COMMENT ON COLUMN spendings.purpose IS
  'answer, memory, question, documents, hearing, speaking, message.';
COMMENT ON COLUMN spendings.model IS
  'The model''s name as it was asked for; of a message whatsapp and its prefix.';
COMMENT ON COLUMN spendings.state IS
  'reserved: it may be under way, micros is its worst case; settled: it is over; '
  'released: it cost nothing.';
COMMENT ON COLUMN spendings.micros IS
  'What it counts for, in millionths of the currency.';
COMMENT ON COLUMN spendings.currency IS 'As PRICES names it.';
COMMENT ON COLUMN spendings.priced_on IS 'The date of those prices.';
COMMENT ON COLUMN spendings.input_tokens IS 'What was read, cached tokens with it.';
COMMENT ON COLUMN spendings.cached_tokens IS 'How many of these came from a cache.';
COMMENT ON COLUMN spendings.output_tokens IS 'What was written, reasoning with it.';
COMMENT ON COLUMN spendings.reasoning_tokens IS 'How many of these were reasoning.';
COMMENT ON COLUMN spendings.seconds IS 'How long the sound was.';
COMMENT ON COLUMN spendings.characters IS 'How many characters were spoken.';
COMMENT ON COLUMN spendings.is_estimated IS
  'Whether the server did not tell what it used.';
COMMENT ON COLUMN spendings.is_unknown IS
  'Whether PRICES has no price for it: its [unknown] ones counted.';
COMMENT ON COLUMN spendings.day IS 'The day that it counts for, by TIMEZONE.';
COMMENT ON COLUMN spendings.created_at IS 'When it was reserved.';
COMMENT ON COLUMN spendings.settled_at IS 'When it was settled or released.';

CREATE TABLE budgets (
  id bigint GENERATED ALWAYS AS IDENTITY,
  scope text NOT NULL,
  starts_on date NOT NULL,
  user_id uuid,
  limit_micros bigint NOT NULL,
  spent_micros bigint NOT NULL,
  told_at timestamptz,
  CONSTRAINT budgets_pkey PRIMARY KEY (id),
  CONSTRAINT budgets_scope_check CHECK (scope IN ('day', 'month', 'person')),
  CONSTRAINT budgets_scope_starts_on_user_id_key UNIQUE NULLS NOT DISTINCT (scope, starts_on, user_id),
  CONSTRAINT budgets_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
)
WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX idx_budgets_starts_on ON budgets (starts_on);
CREATE INDEX idx_budgets_user_id ON budgets (user_id);
COMMENT ON TABLE budgets IS
  'What a budget has been used for, one row a period: made only where one is set.';
COMMENT ON COLUMN budgets.id IS 'Which one.';
COMMENT ON COLUMN budgets.scope IS
  'day, month: of everybody together; person: one person''s day.';
COMMENT ON COLUMN budgets.starts_on IS 'The first day, by TIMEZONE.';
COMMENT ON COLUMN budgets.user_id IS 'The person; NULL: everybody.';
COMMENT ON COLUMN budgets.limit_micros IS
  'What may be spent, as it was set last, in millionths.';
COMMENT ON COLUMN budgets.spent_micros IS 'What is spent or reserved, in millionths.';
COMMENT ON COLUMN budgets.told_at IS 'When operators were told that little is left.';

-- Spending: reserved before a call at its worst, settled or released after it. Rows of
-- budgets are locked in the order of their names, so that none waits in a ring.

CREATE FUNCTION lock_budgets(on_day date, whose uuid)
RETURNS SETOF budgets LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT * FROM budgets
  WHERE (scope = 'day' AND starts_on = on_day AND user_id IS NULL)
     OR (scope = 'month' AND starts_on = date_trunc('month', on_day)::date
         AND user_id IS NULL)
     OR (scope = 'person' AND starts_on = on_day AND user_id = whose)
  ORDER BY scope FOR UPDATE
$$;
COMMENT ON FUNCTION lock_budgets(date, uuid) IS
  'Locks what a spending of that day, for that person, counts against, and returns it.';

CREATE FUNCTION open_budget(
  of_scope text, on_day date, whose uuid, most bigint
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  since date := CASE of_scope WHEN 'month' THEN date_trunc('month', on_day)::date
                ELSE on_day END;
BEGIN
  IF EXISTS (SELECT FROM budgets WHERE scope = of_scope AND starts_on = since
             AND user_id IS NOT DISTINCT FROM whose) THEN
    RETURN;
  END IF;
  INSERT INTO budgets (scope, starts_on, user_id, limit_micros, spent_micros)
  SELECT of_scope, since, whose, most, COALESCE(sum(micros), 0) FROM spendings
  WHERE day >= since AND day < since + CASE of_scope WHEN 'month'
      THEN interval '1 month' ELSE interval '1 day' END
    AND (whose IS NULL OR user_id = whose)
  ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION open_budget(text, date, uuid, bigint) IS
  'Makes the row of a period, if there is none, with what was spent in it so far.';

CREATE FUNCTION tell_of_budgets(on_day date, also text)
RETURNS text[] LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  WITH told AS (
    UPDATE budgets SET told_at = now()
    WHERE told_at IS NULL AND user_id IS NULL
      AND (scope = 'day' AND starts_on = on_day
        OR scope = 'month' AND starts_on = date_trunc('month', on_day)::date)
      AND (scope = also OR spent_micros * 5 >= limit_micros * 4)
    RETURNING scope)
  SELECT COALESCE(array_agg(scope ORDER BY scope), '{}') FROM told
$$;
COMMENT ON FUNCTION tell_of_budgets(date, text) IS
  'Returns the budgets of all of which four fifths are used, or that are also full, '
  'once: who asks tells operators.';

CREATE FUNCTION reserve_spending(
  asked jsonb, limits jsonb, OUT spending_id bigint, OUT beyond text, OUT told text[]
) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  worst bigint := (asked ->> 'micros')::bigint;
  share numeric := COALESCE((asked ->> 'share')::numeric, 1);
  today date := (asked ->> 'day')::date;
  whose uuid;
BEGIN
  -- Before anything else is held: who is being erased is waited for, and is nobody then.
  SELECT user_id INTO whose FROM users
  WHERE user_id = (asked ->> 'user_id')::uuid FOR KEY SHARE;
  told := '{}';
  IF limits ? 'day' THEN
    PERFORM open_budget('day', today, NULL, (limits ->> 'day')::bigint);
  END IF;
  IF limits ? 'month' THEN
    PERFORM open_budget('month', today, NULL, (limits ->> 'month')::bigint);
  END IF;
  IF limits ? 'person' AND whose IS NOT NULL THEN
    PERFORM open_budget('person', today, whose, (limits ->> 'person')::bigint);
  END IF;
  PERFORM lock_budgets(today, whose);
  SELECT min(held.scope) INTO beyond FROM lock_budgets(today, whose) AS held
  WHERE held.spent_micros + worst > (limits ->> held.scope)::bigint * share;
  IF beyond IS NULL AND limits ? 'answer' AND asked ->> 'message_sid' IS NOT NULL
  THEN
    SELECT 'answer' INTO beyond FROM spendings
    WHERE message_sid = asked ->> 'message_sid'
    HAVING COALESCE(sum(micros), 0) + worst > (limits ->> 'answer')::bigint * share;
  END IF;
  IF beyond IS NOT NULL THEN
    told := tell_of_budgets(today, CASE WHEN share = 1 THEN beyond END);
    RETURN;
  END IF;
  UPDATE budgets SET spent_micros = budgets.spent_micros + worst,
    limit_micros = COALESCE((limits ->> budgets.scope)::bigint, budgets.limit_micros)
  FROM lock_budgets(today, whose) AS held WHERE budgets.id = held.id;
  INSERT INTO spendings (user_id, chat_id, message_sid, purpose, model, state, micros,
                         currency, priced_on, is_unknown, day)
  SELECT whose, CASE WHEN whose IS NOT NULL THEN asked ->> 'chat_id' END,
         CASE WHEN whose IS NOT NULL THEN asked ->> 'message_sid' END,
         asked ->> 'purpose', asked ->> 'model', 'reserved', worst,
         asked ->> 'currency', (asked ->> 'priced_on')::date,
         (asked ->> 'is_unknown')::boolean, today
  RETURNING id INTO spending_id;
END $$;
COMMENT ON FUNCTION reserve_spending(jsonb, jsonb) IS
  'Writes down the worst that a call may cost, before it is made, unless that is beyond '
  'a budget, or a share of it: limits, in millionths, by answer, day, month, person. '
  'Returns also of which '
  'budgets operators are to be told now.';

CREATE FUNCTION settle_spending(
  which bigint, outcome jsonb, OUT told text[]
) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  spent bigint := (outcome ->> 'micros')::bigint;
  was spendings%ROWTYPE;
BEGIN
  told := '{}';
  SELECT * INTO was FROM spendings
  WHERE id = which AND state = 'reserved' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE spendings SET micros = spent, settled_at = now(),
    state = CASE WHEN outcome ? 'is_released' THEN 'released' ELSE 'settled' END,
    is_estimated = (outcome ->> 'is_estimated')::boolean,
    input_tokens = (outcome ->> 'input_tokens')::int,
    cached_tokens = (outcome ->> 'cached_tokens')::int,
    output_tokens = (outcome ->> 'output_tokens')::int,
    reasoning_tokens = (outcome ->> 'reasoning_tokens')::int,
    seconds = (outcome ->> 'seconds')::numeric,
    characters = (outcome ->> 'characters')::int
  WHERE id = which;
  told := change_budgets(was.day, was.user_id, spent - was.micros);
END $$;
COMMENT ON FUNCTION settle_spending(bigint, jsonb) IS
  'Writes down what a call cost that was reserved, once; what is settled stays. Returns '
  'of which budgets operators are to be told now.';

CREATE FUNCTION change_budgets(
  on_day date, whose uuid, change bigint
) RETURNS text[] LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM lock_budgets(on_day, whose);
  UPDATE budgets SET spent_micros = budgets.spent_micros + change
  FROM lock_budgets(on_day, whose) AS held WHERE budgets.id = held.id;
  RETURN tell_of_budgets(on_day, NULL);
END $$;
COMMENT ON FUNCTION change_budgets(date, uuid, bigint) IS
  'Counts against budgets what was spent without being reserved, or takes it back. '
  'Returns of which of them operators are to be told now.';

CREATE FUNCTION spend_on_messages(
  sent jsonb, OUT spent bigint, OUT told text[]
) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  whose uuid;
BEGIN
  told := '{}';
  SELECT user_id INTO whose FROM users
  WHERE user_id = (sent ->> 'user_id')::uuid FOR KEY SHARE;
  WITH written AS (
    INSERT INTO spendings (user_id, chat_id, part_id, purpose, model, state, micros,
                           currency, priced_on, is_estimated, is_unknown, day,
                           settled_at)
    SELECT whose, CASE WHEN whose IS NOT NULL THEN chat_id END,
           CASE WHEN whose IS NOT NULL THEN part_id END, 'message', model, 'settled',
           micros, sent ->> 'currency', (sent ->> 'priced_on')::date, true, is_unknown,
           (sent ->> 'day')::date, now()
    FROM jsonb_to_recordset(sent -> 'parts') AS part (
      part_id uuid, chat_id text, model text, micros bigint, is_unknown boolean)
    ON CONFLICT (part_id) DO NOTHING
    RETURNING micros)
  SELECT COALESCE(sum(micros), 0) INTO spent FROM written;
  IF spent > 0 THEN
    told := change_budgets((sent ->> 'day')::date, whose, spent);
  END IF;
END $$;
COMMENT ON FUNCTION spend_on_messages(jsonb) IS
  'Writes down what messages to one person cost on one day, each once.';

CREATE FUNCTION correct_spending(
  which bigint, new_micros bigint, is_told boolean
) RETURNS text[] LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was spendings%ROWTYPE;
BEGIN
  SELECT * INTO was FROM spendings
  WHERE id = which AND state = 'settled' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN '{}';
  END IF;
  UPDATE spendings SET micros = new_micros, is_estimated = NOT is_told,
    is_unknown = is_unknown AND NOT is_told,
    state = CASE new_micros WHEN 0 THEN 'released' ELSE state END
  WHERE id = which;
  RETURN change_budgets(was.day, was.user_id, new_micros - was.micros);
END $$;
COMMENT ON FUNCTION correct_spending(bigint, bigint, boolean) IS
  'Writes down what something turned out to have cost, told by whoever bills it.';

-- What people are known by is kept out of the planner's samples.
ALTER TABLE spendings ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN chat_id SET STATISTICS 0, ALTER COLUMN message_sid SET STATISTICS 0;
