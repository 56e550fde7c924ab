"""How much was answered of late."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from uuid import UUID

from db.database import Database
from db.outages import repeat_once

# A reply is counted by its first part; what people said, and operators are told, not.
IS_REPLY = "position = 0 AND author = 'bot'"
TO_PERSON = f"""
SELECT count(*) FROM reply_parts
WHERE user_id = %(user_id)s AND {IS_REPLY} AND created_at > now() - %(within)s
  AND body <> ALL (%(words)s)
"""  # noqa: S608  (our own words)
TO_ALL = f"""
SELECT count(*) FROM (
  SELECT FROM reply_parts
  WHERE {IS_REPLY} AND created_at > now() - %(within)s
    AND body <> ALL (%(words)s) LIMIT %(most)s) AS latest
"""  # noqa: S608  (the same)
# Asked only of who is over a limit: their chats of the day are looked through.
# Times are compared as text: the bot writes all of them in one form, in UTC.
WAS_TOLD = """
SELECT EXISTS (
  SELECT FROM all_chats AS chats
  CROSS JOIN LATERAL jsonb_array_elements(chats.messages) AS said
  WHERE customer_id = %(user_id)s AND chats.updated_at >= %(since)s
    AND said ->> 'limit' = %(limit)s AND said ->> 'role' = 'assistant'
    AND said ->> 'timestamp' >= %(stamp)s)
"""


@dataclass(slots=True)
class AnswersOfLate:
    """Counts the replies that were stored of late: to a user, and to all.

    What all got may be tens of thousands of rows: that is counted anew only after
    `kept_seconds`, by each process, which lets some more through at the bound.
    """

    database: Database
    kept_seconds: float = 5.0
    _to_all: dict[tuple[str, bool], int] = field(default_factory=dict)
    _counted_at: dict[tuple[str, bool], float] = field(default_factory=dict)
    _counting: Lock = field(default_factory=Lock)

    def to_person(
        self, user_id: UUID, words: Collection[str], within: timedelta
    ) -> int:
        """Count those to a user, but for replies in these `words`.

        Raises StoreUnavailableError, as the others do.
        """
        asked = {"user_id": user_id, "words": [*words], "within": within}
        found: int = repeat_once(lambda: self.database.scalar(TO_PERSON, asked))
        return found

    def to_all(
        self, words: Collection[str], within: timedelta, most: int, span: str
    ) -> int:
        """Count those to all, no more than `most`.

        The number is kept for each `span`, with words and without.
        """
        kept_as = (span, not words)
        last = self._counted_at.get(kept_as)
        is_due = last is None or time.monotonic() - last >= self.kept_seconds
        if is_due and self._counting.acquire(blocking=False):  # else somebody counts
            asked = {"words": [*words], "within": within, "most": most}
            try:
                counted = repeat_once(lambda: self.database.scalar(TO_ALL, asked))
                self._to_all[kept_as] = counted
                self._counted_at[kept_as] = time.monotonic()
            finally:
                self._counting.release()
        return self._to_all.get(kept_as, 0)

    def was_told(self, user_id: UUID, limit: str, since: datetime) -> bool:
        """Tell whether a turn of ours told a user of a limit since then.

        Raises StoreUnavailableError.
        """
        stamp = since.astimezone(UTC).isoformat(timespec="milliseconds")
        asked = {"user_id": user_id, "limit": limit, "since": since, "stamp": stamp}
        return bool(repeat_once(lambda: self.database.scalar(WAS_TOLD, asked)))
