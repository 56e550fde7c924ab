"""What chats before the one at hand tell of it: loaded only where they do."""

from dataclasses import dataclass, replace
from typing import Any

from db.database import Database
from db.outages import repeat_once
from db.records import Recalled, Turn, Userchat, find_summary

# A talk is summed up at each of its turns' ends: further back nothing newer stands.
MOST_STEPS = 10
MOST_CARRIED = 3
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
# Not those that are continued: what they tell stands in the one that goes on. With /new
# a user wants nothing of before to be known: such a chat is the last that is looked at.
FIND_CARRIED = f"""
WITH theirs AS (
  SELECT chat_id, messages, metadata, created_at, updated_at FROM all_chats
  WHERE customer_id = %(user_id)s
), earlier AS (
  SELECT * FROM theirs AS chat
  WHERE created_at < (SELECT created_at FROM theirs WHERE chat_id = %(chat_id)s)
    AND NOT EXISTS (SELECT FROM theirs AS later
                    WHERE later.metadata ->> 'continues' = chat.chat_id)
  ORDER BY created_at DESC LIMIT %(most)s
)
SELECT concat_ws(E'\\n', {THE_SUMMARY} ->> 'content', metadata #>> '{{recap,text}}')
         AS text, updated_at,
       messages @? '$[*] ? (@.command == "new")' AS is_fresh
FROM earlier ORDER BY created_at DESC
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
        if any(turn.command == "new" for turn in (*chat.earlier_turns, *chat.turns)):
            return ()
        asked = {"chat_id": chat.chat_id, "user_id": chat.user_id, "most": MOST_CARRIED}
        rows = repeat_once(lambda: self.database.rows(FIND_CARRIED, asked))
        return tuple(_until_fresh(rows))


def _until_fresh(rows: list[Any]) -> list[Recalled]:
    carried: list[Recalled] = []
    for row in rows:
        if row.text:
            carried.append(Recalled(row.text, row.updated_at))
        if row.is_fresh:
            break
    return carried
