"""Deeds that change what is known of a user: see db/delivery/deeds.py."""

from db.queue.jobs import ERASE_LOCK, ERASE_PERSON, UPKEEP

# name, email, company: what they told of themselves. An address that somebody has stays
# theirs, and so does the one that an operator logs in by.
KEEP_LEAD = """
  UPDATE users SET
    full_name = COALESCE({values} ->> 'name', full_name),
    name_is_given = name_is_given OR {values} ? 'name',
    company = COALESCE({values} ->> 'company', company),
    email = CASE WHEN takes_email THEN {values} ->> 'email' ELSE email END,
    email_is_given = email_is_given OR takes_email
  FROM appended CROSS JOIN LATERAL (
    SELECT {values} ? 'email' AND NOT EXISTS (
        SELECT FROM users AS other WHERE other.email = {values} ->> 'email')
      AND EXISTS (
        SELECT FROM users AS mine WHERE mine.user_id = customer_id
          AND mine.role = 'user' AND (mine.email IS NULL OR mine.email_is_given))
      AS takes_email
  ) AS asked
  WHERE users.user_id = customer_id
  RETURNING 1
"""
# quotes (the MessageSid of a part of the answer), else reference_id; rating, text,
# message_sid: a later judgement of one answer replaces it.
JUDGE = """
  INSERT INTO feedback (user_id, reference_id, rating, text, message_sid)
  SELECT customer_id, COALESCE((
           SELECT reference_id FROM reply_parts
           WHERE user_id = customer_id AND message_sid = {values} ->> 'quotes'),
           ({values} ->> 'reference_id')::uuid),
         ({values} ->> 'rating')::smallint, {values} ->> 'text',
         {values} ->> 'message_sid'
  FROM appended
  ON CONFLICT (reference_id, COALESCE(operator_id, user_id)) WHERE rating IS NOT NULL
    DO UPDATE SET rating = EXCLUDED.rating, message_sid = EXCLUDED.message_sid,
      text = COALESCE(EXCLUDED.text, feedback.text), created_at = now()
"""
# ids. What was told before makes no fact again, when the transcript is looked through.
FORGET_FACTS = """
  UPDATE users SET facts_since = now() FROM appended
  WHERE users.user_id = customer_id
), forgotten AS (
  DELETE FROM user_facts USING appended
  WHERE user_facts.user_id = customer_id
    AND {values} -> 'ids' @> to_jsonb(user_facts.id)
"""
# after: the reference_id of the reply that is to be sent first. Operators are erased by
# those who look after operators. (As procrastinate_defer_jobs_v1() does for one job.)
ERASE_USER = f"""
  INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
  SELECT '{UPKEEP}', '{ERASE_PERSON}', '{ERASE_LOCK}' || user_id,
         jsonb_build_object('user_id', user_id, 'after', {{values}} -> 'after')
  FROM appended JOIN users ON user_id = customer_id
  WHERE role = 'user' AND NOT EXISTS (
    SELECT FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND lock = '{ERASE_LOCK}' || user_id)
), audited AS (
  INSERT INTO audit_log (action, subject_id, details)
  SELECT 'erased', user_id, '{{"asked": "by the user"}}'
  FROM appended JOIN users ON user_id = customer_id WHERE role = 'user'
"""  # noqa: S608  (our own words)
