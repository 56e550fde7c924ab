"""What is to be done for a user before they are erased as they asked."""

from uuid import UUID

from db.database import Database
from db.outages import repeat_once
from db.queue.jobs import ANSWER_LOCK
from db.records import UNSETTLED

# The last word first, as long as WhatsApp would take it; then what they wrote behind
# it, whose answers are on their way, for an hour.
IS_AWAITED = f"""
SELECT EXISTS (
    SELECT FROM reply_parts WHERE user_id = %(user_id)s
      AND reference_id = %(after)s AND status IN {UNSETTLED}
      AND created_at > now() - interval '1 day')
  OR EXISTS (
    SELECT FROM procrastinate_jobs AS job, reply_parts AS word
    WHERE word.user_id = %(user_id)s AND word.reference_id = %(after)s
      AND word.created_at > now() - interval '1 hour'
      AND job.status IN ('todo', 'doing')
      AND job.lock = '{ANSWER_LOCK}' || %(user_id)s::text)
"""  # noqa: S608  (our own words)


def is_awaited(database: Database, user_id: UUID, after: UUID) -> bool:
    """Tell whether a user is still to get the reply `after` which they are erased.

    Raises StoreUnavailableError.
    """
    asked = {"user_id": user_id, "after": after}
    return bool(repeat_once(lambda: database.scalar(IS_AWAITED, asked)))
