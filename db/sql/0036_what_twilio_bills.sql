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
    SELECT 'alerts', 'tell_budget', concat_ws(':', 'budget', scope, starts_on),
           jsonb_build_object('scope', scope, 'starts_on', starts_on::text,
                              'limit_micros', limit_micros)
    FROM told)
  SELECT COALESCE(array_agg(scope ORDER BY scope), '{}') FROM told
$$;
COMMENT ON FUNCTION tell_of_budgets(date) IS
  'Returns the budgets of all of which four fifths are used, once: who asks tells the '
  'log, and a job tells operators.';
