"""How much was answered of late."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from uuid import UUID

from db.database import Database
from db.outages import repeat_once
from db.store import Answered

# A reply is counted by its first part; what people said, and operators are told, not.
TO_PERSON = """
SELECT count(*) FILTER (WHERE body <> ALL (%(words)s)) AS to_person,
  count(*) FILTER (WHERE body = ANY (%(words)s)) > 0 AS is_told
FROM reply_parts
WHERE user_id = %(user_id)s AND position = 0 AND created_at > now() - %(within)s
  AND author = 'bot'
"""
TO_ALL = """
SELECT count(*) FROM (
  SELECT FROM reply_parts
  WHERE position = 0 AND created_at > now() - %(within)s AND author = 'bot'
    AND body <> ALL (%(words)s) LIMIT %(most)s) AS latest
"""


@dataclass(slots=True)
class AnswersOfLate:
    """Counts the replies that were stored of late: to a user, and to all.

    What all got may be tens of thousands of rows: that is counted anew only after
    `kept_seconds`, by each process, which lets some more through at the bound.
    """

    database: Database
    kept_seconds: float = 5.0
    _to_all: int = 0
    _counted_at: float | None = None
    _counting: Lock = field(default_factory=Lock)

    def count(
        self, user_id: UUID, words: Collection[str], within: timedelta, most: int
    ) -> Answered:
        """Count, but for replies in these `words`, and to all no more than `most`.

        `words` tell a user that there will be no more. Raises StoreUnavailableError.
        """
        asked = {"user_id": user_id, "words": [*words], "within": within}
        row = repeat_once(lambda: self.database.first(TO_PERSON, asked))
        to_all = self._count_all({**asked, "most": most}) if most else 0
        return Answered(row.to_person, to_all, row.is_told)

    def _count_all(self, asked: dict[str, object]) -> int:
        last = self._counted_at
        is_due = last is None or time.monotonic() - last >= self.kept_seconds
        if is_due and self._counting.acquire(blocking=False):  # else somebody counts
            try:
                self._to_all = repeat_once(lambda: self.database.scalar(TO_ALL, asked))
                self._counted_at = time.monotonic()
            finally:
                self._counting.release()
        return self._to_all
