-- What operators and users are told of, each once; budgets that follow their settings.

COMMENT ON COLUMN reply_parts.instead IS
  'The text that is sent once it is known that the media, or the template, can''t '
  'be; empty: none, and the rest of the reply goes on.';
ALTER TABLE tool_calls ADD COLUMN person_called_at timestamptz;
COMMENT ON COLUMN tool_calls.person_called_at IS
  'When a person was called for it because no answer told it; NULL: none was.';
-- What was told is found by it, also among the finished jobs of many days.
CREATE INDEX idx_jobs_told_troubles ON procrastinate.procrastinate_jobs (lock)
  WHERE task_name = 'tell_trouble';
CREATE INDEX idx_jobs_told_budgets ON procrastinate.procrastinate_jobs (lock)
  WHERE task_name = 'tell_budget';

DROP FUNCTION correct_spending(bigint, bigint, boolean);
DROP FUNCTION tell_of_budgets(date, text);
DROP FUNCTION open_budget(text, date, uuid, bigint);

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
    -- What is there is not added up again: a month may be long.
    AND NOT EXISTS (
      SELECT FROM budgets AS known
      WHERE known.scope = period.scope AND known.starts_on = since
        AND known.user_id IS NOT DISTINCT FROM theirs)
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

CREATE OR REPLACE FUNCTION reserve_spending(
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

CREATE OR REPLACE FUNCTION settle_spending(
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

CREATE OR REPLACE FUNCTION change_budgets(
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

CREATE OR REPLACE FUNCTION spend_on_messages(
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
