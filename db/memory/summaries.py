"""Summaries and labels in PostgreSQL, beside the turns that they tell of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Database
from db.media.seen import find_seen
from db.memory.protocol import StoredChat
from db.outages import outages, repeat_once
from db.records import SeenMedia, Turn, read_turns

LOAD = """
SELECT chat_id, customer_id, messages, metadata ->> 'continues' AS continues,
       chat.updated_at, chat.is_active,
       metadata #>> '{recap,until}' AS recap_until,
       users.is_active AND NOT EXISTS (
         SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS may_be_read
FROM all_chats AS chat JOIN users ON users.user_id = customer_id
WHERE chat_id = %(chat_id)s
  AND (%(user_id)s::uuid IS NULL OR customer_id = %(user_id)s)
"""
# Counted before the call: whoever dies over it has had it. (The day is UTC's.)
MAY_ASK = """
UPDATE userchats SET metadata = jsonb_set(metadata, '{memory}', jsonb_build_object(
  'day', %(day)s::text, 'calls', calls + 1))
FROM (SELECT chat_id AS id, CASE WHEN metadata #>> '{memory,day}' = %(day)s::text
          AND jsonb_typeof(metadata #> '{memory,calls}') = 'number'
        THEN (metadata #> '{memory,calls}')::numeric::int ELSE 0 END AS calls
      FROM userchats WHERE chat_id = %(chat_id)s FOR UPDATE) AS before
WHERE chat_id = id AND calls < %(most)s
"""
TODAY = "SELECT (now() AT TIME ZONE 'UTC')::date::text"
IS_SUMMARY = """element ->> 'role' = 'system' AND element ? 'covers_until'"""
# Only the newest summary counts, so it takes the place of the one before: the array
# holds one at most, however long the talk is. (The trigger takes that for a message: a
# chat would look as if it were in use.)
HOLD = "SELECT updated_at FROM userchats WHERE chat_id = %(chat_id)s FOR UPDATE"
STORE = f"""
UPDATE userchats SET messages = COALESCE((
    SELECT jsonb_agg(element ORDER BY place)
    FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (element, place)
    WHERE ({IS_SUMMARY}) IS NOT TRUE), '[]') || jsonb_build_array(%(turn)s::jsonb)
WHERE chat_id = %(chat_id)s AND %(replaces)s::text IS NOT DISTINCT FROM (
  SELECT element ->> 'covers_until'
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (element, place)
  WHERE {IS_SUMMARY} ORDER BY place DESC LIMIT 1)
"""  # noqa: S608  (our own words)
KEEP_TIME = """
UPDATE userchats SET updated_at = %(updated_at)s WHERE chat_id = %(chat_id)s
"""
STORE_LABELS = """
UPDATE userchats SET metadata = metadata || %(labels)s::jsonb
WHERE chat_id = %(chat_id)s
"""


class Summaries:
    """A MemoryStore on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, chat_id: str, user_id: UUID | None = None) -> StoredChat | None:
        """Return a chat, of that user if one is named; None where it is gone."""
        asked = {"chat_id": chat_id, "user_id": user_id}
        row = repeat_once(lambda: self._database.first(LOAD, asked))
        if row is None:
            return None
        turns = read_turns(row.messages)
        sids = [turn.message_sid for turn in turns if turn.media and turn.message_sid]
        seen = find_seen(self._database, row.customer_id, sids)
        return _read(row, turns, seen)

    def may_ask(self, chat_id: str, most_a_day: int) -> bool:
        """Count one call of the LLM for a chat; False where the day has no more."""
        asked = {"chat_id": chat_id, "most": most_a_day}
        with outages():
            today = self._database.scalar(TODAY)
            return bool(self._database.count(MAY_ASK, {**asked, "day": today}))

    def store_summary(self, chat_id: str, turn: Turn, replaces: str | None) -> bool:
        """Put a summary in the place of the chat's own that covers until `replaces`.

        False, and nothing is changed, where another one came in between, or the chat
        is gone.
        """
        known: dict[str, Any] = {"chat_id": chat_id, "replaces": replaces}
        with outages(), self._database.transaction() as connection:
            held = connection.first(HOLD, known)
            told = {**known, "turn": Jsonb(turn.to_json())}
            if held is None or not connection.count(STORE, told):
                return False
            connection.count(KEEP_TIME, {**known, "updated_at": held.updated_at})
            return True

    def store_labels(self, chat_id: str, labels: Mapping[str, object]) -> bool:
        """Add labels to what is known of a chat; False where it is gone."""
        asked = {"chat_id": chat_id, "labels": Jsonb(dict(labels))}
        with outages():
            return bool(self._database.count(STORE_LABELS, asked))


def _read(
    row: Any, turns: tuple[Turn, ...], seen: Mapping[tuple[str, int], SeenMedia]
) -> StoredChat:
    return StoredChat(
        chat_id=row.chat_id,
        user_id=row.customer_id,
        turns=turns,
        continues=row.continues,
        last_at=row.updated_at,
        is_active=row.is_active,
        may_be_read=row.may_be_read,
        recap_until=row.recap_until,
        seen=seen,
    )
