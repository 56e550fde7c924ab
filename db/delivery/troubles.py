"""What of the service window and its template somebody who runs the bot must mend.

A job tells them. It is deferred once for a template and an error, as long as finished
jobs are kept: its lock is the note that they were told.
"""

from db.records import FAILED, OUTSIDE_WINDOW

TELL = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT 'alerts', 'tell_trouble', trouble.lock,
       jsonb_build_object('content_sid', trouble.content_sid, 'code', trouble.code)
FROM (
  SELECT template ->> 'content_sid' AS content_sid, error_code AS code,
         concat_ws(':', 'trouble', template ->> 'content_sid', error_code) AS lock
  FROM reply_parts
  WHERE {{mine}} AND status IN {FAILED} AND error_code IS NOT NULL
    AND (author = 'fallback' OR error_code = {OUTSIDE_WINDOW} AND author <> 'relay')
  LIMIT 1
) AS trouble
WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs AS told WHERE told.lock = trouble.lock)
"""  # noqa: S608  (our own words)
