"""Answers of the LLM's, each with what the bot knew when it gave it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.chats import with_quoted, with_seen
from db.database import Database
from db.evaluation.calls_then import find_calls
from db.evaluation.found_then import find_found
from db.evaluation.then import Kept, as_then
from db.memory.preferences import read_preferences
from db.outages import outages, repeat_once
from db.records import Fact, Turn, Userchat, read_turns
from db.records.evaluation import Situation

PAGE = 200
# In the order in which they were given; an id of before where two were stored at once.
OF_LATE = """
SELECT reference_id, made_at FROM answer_makings
WHERE made_at >= %(since)s AND (made_at, reference_id) > (%(at)s, %(after)s)
ORDER BY made_at, reference_id LIMIT %(most)s
"""
OF_A_CHAT = """
SELECT reference_id FROM answer_makings WHERE chat_id = %(chat_id)s
ORDER BY made_at, reference_id
"""
LOAD = """
SELECT made.user_id, made.chat_id, made.fact_ids, made.is_missing, made.seconds,
       chat.messages, chat.is_active, phone_number, full_name,
       earlier.messages AS earlier_messages,
       earlier.metadata ->> 'continues' AS before_earlier,
       preferences, language_seen,
       COALESCE(preferences ->> 'language', language_seen) AS language
FROM answer_makings AS made JOIN users ON users.user_id = made.user_id
JOIN all_chats AS chat
  ON chat.chat_id = made.chat_id AND chat.customer_id = made.user_id
LEFT JOIN all_chats AS earlier
  ON earlier.chat_id = chat.metadata ->> 'continues'
  AND earlier.customer_id = made.user_id
LEFT JOIN user_preferences ON user_preferences.user_id = made.user_id
WHERE made.reference_id = %(reference_id)s
"""
FACTS = """
SELECT id AS fact_id, kind, text, message_sid, created_at AS told_at, valid_until
FROM user_facts WHERE user_id = %(user_id)s AND id = ANY (%(ids)s)
ORDER BY created_at DESC, id DESC
"""
NO_UUID = UUID(int=0)
Recall = Callable[[Userchat, str | None], Userchat]


@dataclass(frozen=True, slots=True)
class Situations:
    """Situations of the past, by the references of their answers.

    Only answers of the LLM's are some, and only while it is kept how they were made.
    `recall` adds to a chat what is remembered of chats before: see db.memory.recalling;
    that, preferences and what was seen of media are as they are today.
    """

    database: Database
    recall: Recall = lambda chat, _: chat

    def find_since(self, since: datetime) -> Iterator[UUID]:
        """Yield the answers since then, the oldest first, however many they are.

        Raises StoreUnavailableError.
        """
        at, after = since - timedelta(microseconds=1), NO_UUID
        while page := self._page(since, at, after):
            yield from (row.reference_id for row in page)
            at, after = page[-1].made_at, page[-1].reference_id

    def _page(self, since: datetime, at: datetime, after: UUID) -> list[Any]:
        asked = {"since": since, "at": at, "after": after, "most": PAGE}
        return repeat_once(lambda: self.database.rows(OF_LATE, asked))

    def find_in_chat(self, chat_id: str) -> Sequence[UUID]:
        """Return the answers of a chat, the oldest first."""
        asked = {"chat_id": chat_id}
        return repeat_once(lambda: self.database.column(OF_A_CHAT, asked))

    def load(self, reference_id: UUID) -> Situation | None:
        """Return the situation of an answer.

        None where it is not kept any more, or no message names it as its answer. Raises
        StoreUnavailableError.
        """
        asked = {"reference_id": reference_id}
        row = repeat_once(lambda: self.database.first(LOAD, asked))
        if row is None:
            return None
        kept = Kept(
            reference_id=str(reference_id),
            chat=self._chat(row),
            fact_ids=row.fact_ids,
            seconds=float(row.seconds),
        )
        found = as_then(kept)
        return found and self._with_rest(row, *found)

    def _with_rest(self, row: Any, situation: Situation, reply: Turn) -> Situation:
        """Return the situation with its calls, and what was remembered and found."""
        chat = self.recall(situation.chat, row.before_earlier)
        chat = with_seen(self.database, with_quoted(self.database, chat))
        with outages():
            calls = find_calls(self.database, row.user_id, reply, situation.batch)
        asked = UUID(reply.reference_id), row.user_id, row.is_missing
        found, gone = find_found(self.database, *asked)
        return replace(
            situation,
            chat=chat,
            calls=calls.made,
            known=calls.known,
            waiting=calls.waiting,
            done=calls.done,
            found=found,
            found_gone=gone,
        )

    def _chat(self, row: Any) -> Userchat:
        """Return the chat as it is now, with the facts that the answer was told."""
        return Userchat(
            chat_id=row.chat_id,
            user_id=row.user_id,
            address=row.phone_number or "",
            turns=read_turns(row.messages),
            name=row.full_name,
            earlier_turns=read_turns(row.earlier_messages),
            language=row.language,
            language_seen=row.language_seen,
            preferences=read_preferences(row.preferences),
            facts=self._facts(row),
        )

    def _facts(self, row: Any) -> tuple[Fact, ...]:
        asked = {"user_id": row.user_id, "ids": row.fact_ids}
        if not row.fact_ids:
            return ()
        found = repeat_once(lambda: self.database.read(Fact, FACTS, asked))
        return tuple(found)
