-- Operators are told of budgets by a job of its own, on the roads of other troubles.

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
        WHERE state = 'reserved' AND day >= starts_on
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
COMMENT ON FUNCTION tell_of_budgets(date) IS
  'Returns the budgets of all of which four fifths are used, once: who asks tells the '
  'log, and a job tells operators.';

-- What Twilio tells of a message's price, which is later truth than PRICES.

ALTER TABLE spendings ADD COLUMN told_micros bigint, ADD COLUMN told_currency text,
  ADD COLUMN price_asked_at timestamptz;
COMMENT ON COLUMN spendings.told_micros IS
  'What Twilio billed for a message, in millionths of told_currency; NULL: it did not '
  'tell.';
COMMENT ON COLUMN spendings.told_currency IS
  'The currency of told_micros: where it is another than currency, PRICES counts.';
COMMENT ON COLUMN spendings.price_asked_at IS
  'When Twilio was last asked for it; NULL: never.';
COMMENT ON COLUMN spendings.is_estimated IS
  'Whether the server did not tell what it used, or Twilio what a message cost.';
CREATE INDEX idx_spendings_unbilled ON spendings (created_at)
  WHERE purpose = 'message' AND state = 'settled' AND told_currency IS NULL;

CREATE FUNCTION correct_spending(which bigint, told_price bigint, told_in text)
RETURNS text[] LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was spendings%ROWTYPE;
BEGIN
  PERFORM share_ledger();
  SELECT * INTO was FROM spendings WHERE id = which FOR UPDATE;
  IF was.state IS DISTINCT FROM 'settled' OR was.told_currency IS NOT NULL THEN
    RETURN '{}';
  END IF;
  UPDATE spendings SET told_micros = told_price, told_currency = told_in,
    price_asked_at = now() WHERE id = which;
  IF upper(told_in) <> upper(was.currency) THEN
    RETURN '{}';
  END IF;
  UPDATE spendings SET micros = told_price, is_estimated = false, is_unknown = false,
    state = CASE told_price WHEN 0 THEN 'released' ELSE state END
  WHERE id = which;
  RETURN change_budgets(was.day, was.user_id, told_price - was.micros);
END $$;
COMMENT ON FUNCTION correct_spending(bigint, bigint, text) IS
  'Writes down what Twilio billed for a message, once; in another currency it stands '
  'beside what counts. Returns of which budgets operators are to be told now.';
