"""How much was answered of late."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from db.database import Database
from db.outages import repeat_once
from db.store import Answered

# A reply is counted by its first part.
COUNT = """
SELECT to_person, to_all, is_told FROM (
  SELECT count(*) FILTER (WHERE body <> ALL (%(words)s)) AS to_person,
    count(*) FILTER (WHERE body = ANY (%(words)s)) > 0 AS is_told
  FROM reply_parts
  WHERE user_id = %(user_id)s AND position = 0 AND created_at > now() - %(within)s
) AS person, (
  SELECT count(*) AS to_all FROM (
    SELECT FROM reply_parts
    WHERE position = 0 AND created_at > now() - %(within)s
      AND body <> ALL (%(words)s) LIMIT %(most)s) AS latest
) AS everybody
"""


def count_answers(
    database: Database,
    user_id: UUID,
    words: Collection[str],
    within: timedelta,
    most: int,
) -> Answered:
    """Count the replies that were stored of late: to a user, and to all.

    Not those in these `words`, which tell that there will be no more; and to all no
    more than `most`. Raises StoreUnavailableError.
    """
    asked = {"user_id": user_id, "words": [*words], "within": within, "most": most}
    row = repeat_once(lambda: database.first(COUNT, asked))
    return Answered(row.to_person, row.to_all, row.is_told)
