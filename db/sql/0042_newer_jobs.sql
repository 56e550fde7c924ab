-- procrastinate's own fetching begins with the oldest job there was. What died while a
-- backup held its snapshot can't be cleared away, and each look would pass all of it.
-- This one begins later; but for that it is procrastinate_fetch_job_v2, which a test
-- compares it with: jobs of priority 0 come first, and then those that give way to them.
--
-- It is written so that the planner has no choice: of an index that it takes for empty
-- it may read all, where a condition names the status alone, or where it joins.
CREATE FUNCTION fetch_newer_job(from_queues varchar[], for_worker bigint, since bigint)
RETURNS procrastinate.procrastinate_jobs
LANGUAGE plpgsql SET search_path = pg_catalog, procrastinate, pg_temp AS $$
DECLARE
  goes_first boolean;
  found_id bigint;
  taken procrastinate_jobs;
BEGIN
  FOREACH goes_first IN ARRAY ARRAY[true, false] LOOP
    SELECT job.id INTO found_id FROM procrastinate_jobs AS job
    WHERE job.id >= since AND job.status::text = 'todo'
      AND (job.priority = 0) = goes_first
      AND (from_queues IS NULL OR job.queue_name = ANY (from_queues))
      AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
      AND (job.lock IS NULL OR NOT EXISTS (
        SELECT FROM procrastinate_jobs AS other
        WHERE other.lock = job.lock AND other.status IN ('todo', 'doing')
          AND (other.status::text = 'doing' OR other.priority > job.priority
            OR other.priority = job.priority AND other.id < job.id)))
    ORDER BY job.id LIMIT 1
    FOR UPDATE OF job SKIP LOCKED;
    EXIT WHEN FOUND;
  END LOOP;

  UPDATE procrastinate_jobs SET status = 'doing', worker_id = for_worker
  WHERE id = found_id RETURNING * INTO taken;
  RETURN taken;
END $$;

COMMENT ON FUNCTION fetch_newer_job(varchar[], bigint, bigint) IS
  'Gives a worker a job of its queues that has this id or a later one, as '
  'procrastinate_fetch_job_v2 does; a row without an id: there is none.';
