"""ChatStore in dicts (STORAGE_BACKEND=memory): one process, gone when it ends."""

import secrets
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from db.records import InboundMessage, Receipt, Reply, Turn, Userchat

MOST_SIDS = 100_000
MOST_CHATS = 10_000
MOST_TURNS_A_CHAT = 1_000
MOST_ANSWERS = 100_000
DAY = timedelta(days=1)


@dataclass(slots=True)
class _Person:
    user_id: UUID
    address: str
    full_name: str | None = None
    opted_out: bool = False
    active_chat: str | None = None


@dataclass(slots=True)
class _Chat:
    person: _Person
    turns: list[Turn] = field(default_factory=list)
    last_message: datetime = field(default_factory=lambda: datetime.now(UTC))


class MemoryChatStore:
    """Users, chats and turns in dicts; the oldest go when there are too many."""

    def __init__(self, session_timeout: timedelta) -> None:
        self._session_timeout = session_timeout
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._people: dict[str, _Person] = {}
        self._chats: OrderedDict[str, _Chat] = OrderedDict()
        self._answers: deque[tuple[datetime, UUID, str]] = deque(maxlen=MOST_ANSWERS)

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in once: user, active chat, turn."""
        with self._lock:
            if message.message_sid in self._seen:
                return Receipt(chat_id=None)
            self._seen[message.message_sid] = None
            person = self._find_or_add_person(message)
            chat_id = self._find_or_open_chat(person, message.opens_chat)
            self._append(self._chats[chat_id], message.turn)
            self._forget_oldest()
            return Receipt(chat_id=chat_id)

    def _find_or_add_person(self, message: InboundMessage) -> _Person:
        given = [a for a in (message.other_address, message.address) if a]
        known = (self._people[a] for a in given if a in self._people)
        person = next(known, None) or _Person(uuid4(), message.address)
        person.full_name = message.profile_name or person.full_name
        self._people.update(dict.fromkeys(given, person))
        return person

    def _find_or_open_chat(self, person: _Person, opens_chat: bool) -> str:
        chat_id = person.active_chat
        if chat_id is not None and chat_id in self._chats and not opens_chat:
            idle = datetime.now(UTC) - self._chats[chat_id].last_message
            if idle <= self._session_timeout:
                return chat_id
        person.active_chat = secrets.token_hex(8)
        self._chats[person.active_chat] = _Chat(person)
        return person.active_chat

    def _append(self, chat: _Chat, turn: Turn) -> None:
        chat.turns.append(turn)
        del chat.turns[:-MOST_TURNS_A_CHAT]
        chat.last_message = datetime.now(UTC)

    def _forget_oldest(self) -> None:
        while len(self._seen) > MOST_SIDS:
            self._seen.popitem(last=False)
        while len(self._chats) > MOST_CHATS:
            _, chat = self._chats.popitem(last=False)
            mine = [a for a, person in self._people.items() if person is chat.person]
            if chat.person.active_chat not in self._chats:
                for address in mine:
                    del self._people[address]

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was forgotten."""
        with self._lock:
            chat = self._chats.get(chat_id)
            return self._view(chat_id, chat) if chat else None

    def _view(self, chat_id: str, chat: _Chat) -> Userchat:
        return Userchat(
            chat_id=chat_id,
            user_id=chat.person.user_id,
            address=chat.person.address,
            turns=tuple(chat.turns),
            name=chat.person.full_name,
            is_active=chat.person.active_chat == chat_id,
            opted_out=chat.person.opted_out,
        )

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        """Append the reply; 0 if its messages were settled, or it holds no more."""
        with self._lock:
            chat = self._chats.get(chat_id)
            if chat is None or _was_said(chat.turns, reply.turn):
                return 0
            if most_turns is not None and _is_overtaken(chat, most_turns):
                return 0
            if reply.error is not None:
                _mark_error(chat.turns, reply)
            if reply.opts_out is not None:
                chat.person.opted_out = reply.opts_out
            self._append(chat, reply.turn)
            if reply.parts:
                told = (datetime.now(UTC), chat.person.user_id, reply.parts[0].body)
                self._answers.append(told)
            return len(chat.turns)

    def to_person(
        self, user_id: UUID, words: Collection[str], within: timedelta
    ) -> int:
        """Count the replies to a user of late, as db.delivery.answered does."""
        return self._count_of_late(words, within)[user_id]

    def to_all(
        self,
        words: Collection[str],
        within: timedelta,
        most: int,
        span: str,  # noqa: ARG002  (nothing is kept)
    ) -> int:
        """Count those to all, as it does, too."""
        return min(self._count_of_late(words, within).total(), most)

    def _count_of_late(
        self, words: Collection[str], within: timedelta
    ) -> Counter[UUID]:
        since = datetime.now(UTC) - within
        with self._lock:
            while self._answers and self._answers[0][0] < since - DAY:
                self._answers.popleft()
            sent = [(to, body) for at, to, body in self._answers if at >= since]
        return Counter(to for to, body in sent if body not in words)

    def was_told(self, user_id: UUID, limit: str, since: datetime) -> bool:
        """Tell whether a turn of ours told a user of a limit since then."""
        with self._lock:
            return any(
                turn.limit == limit and turn.role == "assistant"
                for chat in self._chats.values()
                if chat.person.user_id == user_id
                for turn in chat.turns
                if turn.timestamp >= since
            )


def _is_overtaken(chat: _Chat, most_turns: int) -> bool:
    return len(chat.turns) > most_turns or chat.person.opted_out


def _was_said(turns: list[Turn], reply: Turn) -> bool:
    settled = {sid for turn in turns for sid in turn.in_reply_to}
    noticed = {sid for turn in turns for sid in turn.notice_for}
    about = {*reply.in_reply_to, *reply.notice_for}
    return bool(settled & about or noticed & {*reply.notice_for})


def _mark_error(turns: list[Turn], reply: Reply) -> None:
    for index, turn in enumerate(turns):
        if turn.message_sid in reply.turn.in_reply_to:
            turns[index] = replace(turn, error=reply.error)
