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

-- Who changes sums of the ledger shares one lock; who adds them up for a new row waits
-- for all of them, and keeps them waiting: none is missed. It is taken after the row of
-- the user, before all others, and never twice, so that none waits in a ring.
CREATE FUNCTION share_ledger() RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT pg_advisory_xact_lock_shared(hashtext('spendings'))
$$;
COMMENT ON FUNCTION share_ledger() IS
  'Is called before spendings change: until they are committed no budget is opened.';

CREATE FUNCTION open_budgets(
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
     WHERE day >= since AND day < until AND (theirs IS NULL OR user_id = theirs))
  FROM (VALUES
    ('day', on_day, on_day + 1, NULL::uuid),
    ('month', this_month, (this_month + interval '1 month')::date, NULL),
    ('person', on_day, on_day + 1, whose)) AS period (scope, since, until, theirs)
  WHERE limits ? scope AND (scope <> 'person' OR theirs IS NOT NULL)
  ORDER BY scope
  ON CONFLICT DO NOTHING;
END $$;
COMMENT ON FUNCTION open_budgets(date, uuid, jsonb) IS
  'Makes the rows of periods that have none, with what was spent in them so far. Is '
  'called before spendings change, as share_ledger is.';

CREATE FUNCTION follow_limits(
  on_day date, whose uuid, limits jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  held budgets%ROWTYPE;
BEGIN
  FOR held IN SELECT * FROM lock_budgets(on_day, whose) LOOP
    IF NOT limits ? held.scope THEN
      DELETE FROM budgets WHERE id = held.id;
    ELSIF held.limit_micros <> (limits ->> held.scope)::bigint THEN
      UPDATE budgets SET limit_micros = (limits ->> held.scope)::bigint, told_at = NULL
      WHERE id = held.id;
    END IF;
  END LOOP;
END $$;
COMMENT ON FUNCTION follow_limits(date, uuid, jsonb) IS
  'Locks the rows of periods, drops those that have no limit any more, and writes '
  'others'' new limits down, of which operators are told anew.';

CREATE FUNCTION tell_of_budgets(on_day date)
RETURNS text[] LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  WITH told AS (
    UPDATE budgets SET told_at = now()
    WHERE told_at IS NULL AND user_id IS NULL
      AND (scope = 'day' AND starts_on = on_day
        OR scope = 'month' AND starts_on = date_trunc('month', on_day)::date)
      AND spent_micros * 5 >= limit_micros * 4
      -- Again without what is reserved only, at its worst, which is looked up but now.
      AND (spent_micros - (
        SELECT COALESCE(sum(micros), 0) FROM spendings
        WHERE state = 'reserved' AND day >= starts_on
          AND day < starts_on + CASE scope WHEN 'month' THEN interval '1 month'
                                ELSE interval '1 day' END)) * 5 >= limit_micros * 4
    RETURNING scope)
  SELECT COALESCE(array_agg(scope ORDER BY scope), '{}') FROM told
$$;
COMMENT ON FUNCTION tell_of_budgets(date) IS
  'Returns the budgets of all of which four fifths are used, once: who asks tells '
  'operators.';

CREATE FUNCTION told_of_budgets(at timestamptz)
RETURNS text[] LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT COALESCE(array_agg(scope ORDER BY scope), '{}') FROM budgets
  WHERE told_at = at AND user_id IS NULL
$$;
COMMENT ON FUNCTION told_of_budgets(timestamptz) IS
  'Returns again what a transaction of that time told: its answer may have been lost.';

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
  PERFORM open_budgets(today, whose, limits);
  PERFORM follow_limits(today, whose, limits);
  SELECT min(held.scope) INTO beyond FROM lock_budgets(today, whose) AS held
  WHERE held.spent_micros + worst > (limits ->> held.scope)::bigint * share;
  IF beyond IS NULL AND limits ? 'answer' AND asked ->> 'message_sid' IS NOT NULL
  THEN
    SELECT 'answer' INTO beyond FROM spendings
    WHERE message_sid = asked ->> 'message_sid'
    HAVING COALESCE(sum(micros), 0) + worst > (limits ->> 'answer')::bigint * share;
  END IF;
  IF beyond IS NOT NULL THEN
    told := tell_of_budgets(today);
    RETURN;
  END IF;
  UPDATE budgets SET spent_micros = budgets.spent_micros + worst
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
  PERFORM share_ledger();
  SELECT * INTO was FROM spendings WHERE id = which FOR UPDATE;
  IF was.state IS DISTINCT FROM 'reserved' THEN
    told := told_of_budgets(was.settled_at);
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
  RETURN tell_of_budgets(on_day);
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
  SELECT user_id INTO whose FROM users
  WHERE user_id = (sent ->> 'user_id')::uuid FOR KEY SHARE;
  PERFORM share_ledger();
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
  told := CASE WHEN spent > 0
    THEN change_budgets((sent ->> 'day')::date, whose, spent)
    ELSE told_of_budgets((
      SELECT max(settled_at) FROM spendings
      WHERE part_id IN (SELECT (part ->> 'part_id')::uuid
                        FROM jsonb_array_elements(sent -> 'parts') AS part)))
    END;
END $$;
COMMENT ON FUNCTION spend_on_messages(jsonb) IS
  'Writes down what messages to one person cost on one day, each once. Returns also of '
  'which budgets operators are to be told now.';

CREATE FUNCTION take_back_spending(
  which bigint
) RETURNS text[] LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was spendings%ROWTYPE;
BEGIN
  PERFORM share_ledger();
  SELECT * INTO was FROM spendings WHERE id = which FOR UPDATE;
  IF was.state IS DISTINCT FROM 'settled' THEN
    RETURN told_of_budgets(was.settled_at);
  END IF;
  UPDATE spendings SET micros = 0, state = 'released', settled_at = now(),
    is_estimated = false, is_unknown = false
  WHERE id = which;
  RETURN change_budgets(was.day, was.user_id, -was.micros);
END $$;
COMMENT ON FUNCTION take_back_spending(bigint) IS
  'Writes down that something turned out to have cost nothing. Returns of which budgets '
  'operators are to be told now.';

-- What people are known by is kept out of the planner's samples.
ALTER TABLE spendings ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN chat_id SET STATISTICS 0, ALTER COLUMN message_sid SET STATISTICS 0;
