"""What chats before the one at hand tell of it: loaded only where they do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from db.database import Database
from db.outages import repeat_once
from db.records import Recalled, Turn, Userchat, find_summary

# Mostly the chat before the last has one: what is further back is found by the worker.
MOST_STEPS = 10
MOST_CARRIED = 3
MOST_CHATS = 12  # that are looked at, those included that others continue
THE_SUMMARY = """jsonb_path_query_array(messages,
  '$[*] ? (@.role == "system" && exists(@.covers_until))') -> -1"""
FIND_SUMMARY = f"""
WITH RECURSIVE line AS (
  SELECT chat_id, customer_id, metadata ->> 'continues' AS continues, 1 AS step,
         {THE_SUMMARY} AS summary
  FROM all_chats WHERE chat_id = %(chat_id)s AND customer_id = %(user_id)s
  UNION ALL
  SELECT chat.chat_id, chat.customer_id, chat.metadata ->> 'continues', step + 1,
         {THE_SUMMARY.replace("messages", "chat.messages")}
  FROM line JOIN all_chats AS chat
    ON chat.chat_id = line.continues AND chat.customer_id = line.customer_id
  WHERE summary IS NULL AND step < %(most)s
)
SELECT summary FROM line WHERE summary IS NOT NULL
"""  # noqa: S608  (our own words)
# What a chat tells that is continued stands in the one that goes on. Who had something
# forgotten is told nothing of what chats that began before it were about.
FIND_CARRIED = f"""
WITH latest AS (
  SELECT chat_id, messages, metadata, created_at, updated_at FROM all_chats
  WHERE customer_id = %(user_id)s AND created_at <= (
    SELECT created_at FROM userchats WHERE chat_id = %(chat_id)s)
    AND created_at > COALESCE((
      SELECT facts_since FROM users WHERE user_id = %(user_id)s), '-infinity')
  ORDER BY created_at DESC, chat_id LIMIT %(most)s
)
SELECT concat_ws(E'\\n', {THE_SUMMARY} ->> 'content', metadata #>> '{{recap,text}}')
         AS text, updated_at, chat_id = %(chat_id)s OR EXISTS (
           SELECT FROM latest AS later WHERE later.metadata ->> 'continues'
             = latest.chat_id) AS is_of_another,
       messages @? '$[*] ? (@.command == "new")' AS is_fresh
FROM latest ORDER BY created_at DESC, chat_id
"""  # noqa: S608  (the same)


@dataclass(frozen=True, slots=True)
class Recalling:
    """Adds to a chat what is remembered; `across`: of talks before this one, too."""

    database: Database
    across: bool = False

    def add(self, chat: Userchat, before_earlier: str | None) -> Userchat:
        """Return the chat with its summary, and with what is carried over.

        `before_earlier` is the chat that the one goes on from which this one continues.
        Raises StoreUnavailableError.
        """
        if before_earlier and not find_summary((*chat.earlier_turns, *chat.turns)):
            chat = replace(chat, earlier_summary=self._find(chat, before_earlier))
        return replace(chat, carried=self._carried(chat)) if self.across else chat

    def _find(self, chat: Userchat, chat_id: str) -> Turn | None:
        asked = {"chat_id": chat_id, "user_id": chat.user_id, "most": MOST_STEPS}
        found = repeat_once(lambda: self.database.scalar(FIND_SUMMARY, asked))
        return Turn.from_json(found) if isinstance(found, dict) else None

    def _carried(self, chat: Userchat) -> tuple[Recalled, ...]:
        asked = {"chat_id": chat.chat_id, "user_id": chat.user_id, "most": MOST_CHATS}
        rows = repeat_once(lambda: self.database.rows(FIND_CARRIED, asked))
        return tuple(_until_fresh(rows))[:MOST_CARRIED]


def _until_fresh(rows: list[Any]) -> Iterator[Recalled]:
    """Yield what is told of the talks, newest first.

    With /new a user wants nothing of before to be known: nothing behind it is told.
    """
    for row in rows:
        if row.text and not row.is_of_another:
            yield Recalled(row.text, row.updated_at)
        if row.is_fresh:
            return
