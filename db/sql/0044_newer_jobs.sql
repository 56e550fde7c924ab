-- As fetch_newer_job (0042), for several jobs: one look at those that wait, not one for
-- each of them and another one that finds nothing.
--
-- A cursor in a loop is read row by row, so no more is locked than what is taken; and
-- what is taken is changed where it was found, so that the planner has no choice there
-- either. The cursor does not see that: of jobs that share a lock the first is the only
-- one that goes, as long as it waits.
CREATE FUNCTION fetch_newer_jobs(
  from_queues varchar[], for_worker bigint, since bigint, most integer, last varchar[])
RETURNS SETOF procrastinate.procrastinate_jobs
LANGUAGE plpgsql SET search_path = pg_catalog, procrastinate, pg_temp AS $$
DECLARE
  waiting CURSOR (goes_first boolean) FOR
    SELECT job.id, job.queue_name FROM procrastinate_jobs AS job
    WHERE job.id >= since AND job.status::text = 'todo'
      AND (job.priority = 0) = goes_first
      AND (from_queues IS NULL OR job.queue_name = ANY (from_queues))
      AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
      AND (job.lock IS NULL OR NOT EXISTS (
        SELECT FROM procrastinate_jobs AS other
        WHERE other.lock = job.lock AND other.status IN ('todo', 'doing')
          AND (other.status::text = 'doing' OR other.priority > job.priority
            OR other.priority = job.priority AND other.id < job.id)))
    ORDER BY job.id LIMIT most
    FOR UPDATE OF job SKIP LOCKED;
  is_first boolean;
  taken procrastinate_jobs;
  nothing procrastinate_jobs;
  many integer := 0;
BEGIN
  FOREACH is_first IN ARRAY ARRAY[true, false] LOOP
    FOR one IN waiting(is_first) LOOP
      UPDATE procrastinate_jobs SET status = 'doing', worker_id = for_worker
      WHERE CURRENT OF waiting RETURNING * INTO taken;
      RETURN NEXT taken;
      many := many + 1;
      IF many = most OR taken.queue_name = ANY (last) THEN
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
  RETURN NEXT nothing;
END $$;

COMMENT ON FUNCTION fetch_newer_jobs(varchar[], bigint, bigint, integer, varchar[]) IS
  'Gives a worker jobs of its queues that have this id or a later one, as '
  'procrastinate_fetch_job_v2 does one by one: so many at most, none behind one of the '
  'last queues; a row without an id behind them: there are no more.';
CREATE OR REPLACE FUNCTION fetch_newer_job(
  from_queues varchar[], for_worker bigint, since bigint)
RETURNS procrastinate.procrastinate_jobs LANGUAGE sql AS $$
  SELECT * FROM public.fetch_newer_jobs(from_queues, for_worker, since, 1, '{}')
$$;
COMMENT ON FUNCTION fetch_newer_job(varchar[], bigint, bigint) IS
  'The same for one job: workers that were started before migration 0044 call it.';
