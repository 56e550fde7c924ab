"""Answers of the LLM's, each with what the bot knew when it gave it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.chats import with_quoted, with_seen
from db.database import Database
from db.evaluation.calls_then import CallsThen, find_calls
from db.evaluation.found_then import find_found
from db.memory.preferences import read_preferences
from db.outages import outages, repeat_once
from db.records import Fact, Turn, Userchat, find_unanswered, read_turns
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
FACTS_GONE = "{number} of the facts that it was told are not kept any more"
SETTING = ("settings", "language")
SETTINGS_CHANGED = "the user may have changed their /settings since"
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
        turns = read_turns(row.messages)
        names = [turn.reference_id for turn in turns]
        if str(reference_id) not in names:
            return None
        return self._load(row, turns, names.index(str(reference_id)))

    def _load(self, row: Any, turns: Sequence[Turn], place: int) -> Situation | None:
        reply = turns[place]
        at = reply.timestamp - timedelta(seconds=float(row.seconds))
        before = _before(turns[:place], reply)
        batch = tuple(t for t in before if t.message_sid in reply.in_reply_to)
        if not batch:
            return None
        chat, facts_gone = self._chat(row, before, at)
        calls = self._calls(row, reply, batch)
        found, passages_gone = find_found(
            self.database, UUID(reply.reference_id), row.user_id, row.is_missing
        )
        changed = any(turn.command in SETTING for turn in turns[place:])
        return Situation(
            chat=chat,
            batch=batch,
            at=at,
            said=reply.content,
            reference_id=reply.reference_id,
            calls=calls.made,
            known=calls.known,
            waiting=calls.waiting,
            done=calls.done,
            found=found,
            gone=(*facts_gone, *passages_gone, *((SETTINGS_CHANGED,) * changed)),
        )

    def _calls(self, row: Any, reply: Turn, batch: Sequence[Turn]) -> CallsThen:
        with outages():
            return find_calls(self.database, row.user_id, reply, batch)

    def _chat(
        self, row: Any, turns: tuple[Turn, ...], at: datetime
    ) -> tuple[Userchat, tuple[str, ...]]:
        """Return the chat as it was, and what of its facts is gone."""
        facts = self._facts(row)
        missing = len(row.fact_ids) - len(facts)
        earlier = read_turns(row.earlier_messages)
        chat = Userchat(
            chat_id=row.chat_id,
            user_id=row.user_id,
            address=row.phone_number or "",
            turns=turns,
            name=row.full_name,
            earlier_turns=tuple(turn for turn in earlier if turn.timestamp <= at),
            language=row.language,
            language_seen=row.language_seen,
            preferences=read_preferences(row.preferences),
            facts=facts,
        )
        chat = self.recall(chat, row.before_earlier)
        seen = with_seen(self.database, with_quoted(self.database, chat))
        return seen, (FACTS_GONE.format(number=missing),) if missing else ()

    def _facts(self, row: Any) -> tuple[Fact, ...]:
        asked = {"user_id": row.user_id, "ids": row.fact_ids}
        if not row.fact_ids:
            return ()
        found = repeat_once(lambda: self.database.read(Fact, FACTS, asked))
        return tuple(found)


def _before(turns: Sequence[Turn], reply: Turn) -> tuple[Turn, ...]:
    """Return what was written when the LLM was asked.

    What came while it worked stands before its answer, too, and is not settled by it.
    """
    unanswered = {turn.message_sid for turn in find_unanswered(turns)}
    later = unanswered - set(reply.in_reply_to)
    return tuple(
        turn for turn in turns if turn.role != "user" or turn.message_sid not in later
    )
