"""How many answers people get: within an hour, and within a day. Each is paid for.

The brake looks at one chat, for machines; this counts what was stored for a person,
in whichever chat, and holds whoever writes.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, partial
from typing import Literal, Protocol
from uuid import UUID

from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.learning.teachers import read_teachers
from bot.chat.limits import sentences
from bot.chat.replies import Batch, note, say
from bot.environment import Reader
from bot.languages.speaking import every_wording, speak
from db.records import Reply, Turn, Userchat

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ADDRESSES_HINT = "a number such as +49 151 23456789, or several by ,"
# The settings, by which turns of ours name a limit, and what is said of each.
WORDS = {
    "BLOCKED_ADDRESSES": sentences.NOT_FOR_YOU,
    "ALLOWED_ADDRESSES": sentences.NOT_FOR_YOU,
    "MESSAGES_PER_MINUTE": sentences.TOO_FAST,
    "ANSWERS_PER_PERSON_HOUR": sentences.TOO_MANY_OF_YOURS,
    "ANSWERS_PER_PERSON_DAY": sentences.TOO_MANY_OF_YOUR_DAY,
    "ANSWERS_PER_HOUR": sentences.TOO_MANY_OF_ALL,
    "ANSWERS_PER_DAY": sentences.TOO_MANY_OF_ALL_DAY,
    "BUDGET_ANSWER": sentences.TOO_DEAR,
    "BUDGET_PERSON_DAY": sentences.TOO_MANY_OF_YOUR_DAY,
    "BUDGET_DAY": sentences.TOO_MANY_OF_ALL_DAY,
    "BUDGET_MONTH": sentences.TOO_MANY_OF_ALL_MONTH,
    "BOT_PAUSED": sentences.PAUSED,
}
PAUSED = "BOT_PAUSED"
Span = Literal["hour", "day"]


class Counts(Protocol):
    """Tells what was stored of late."""

    def to_person(
        self, user_id: UUID, words: Collection[str], within: timedelta
    ) -> int:
        """Count the answers to a user, but for some words."""

    def to_all(
        self, words: Collection[str], within: timedelta, most: int, span: Span
    ) -> int:
        """Count those to all, no further than to `most`; kept a while for each span."""

    def was_told(self, user_id: UUID, limit: str, since: datetime) -> bool:
        """Tell whether a turn of ours told a user of a limit since then."""


class NoCounts:
    """Where nobody counts."""

    def to_person(self, *_asked: object) -> int:
        """Count nothing."""
        return 0

    def to_all(self, *_asked: object) -> int:
        """Count nothing."""
        return 0

    def was_told(self, *_asked: object) -> bool:
        """Tell that nobody was told of anything."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an operator allows; 0, and nobody allowed: as many, and whoever, there are.

    `per_person` and `for_all` are answers within an hour; those of a day count from
    midnight in `timezone`. `messages_minute` are a person's own, in one chat. Beyond a
    budget `calls_person` is how a person is called; None: a polite word is said.
    """

    per_person: int = 0
    for_all: int = 0
    per_person_day: int = 0
    for_all_day: int = 0
    messages_minute: int = 0
    allowed: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    is_paused: bool = False
    timezone: tzinfo = UTC
    calls_person: HandoffPolicy | None = None

    def reply_to_stranger(
        self, chat: Userchat, batch: Batch, counts: Counts
    ) -> Reply | None:
        """Return what settles the batch of who may not talk to the bot; None: may."""
        if chat.address in self.blocked:
            return self.tell_once("BLOCKED_ADDRESSES", chat, batch, counts)
        if self.allowed and chat.address not in self.allowed:
            return self.tell_once("ALLOWED_ADDRESSES", chat, batch, counts)
        return None

    def reply_beyond(
        self, chat: Userchat, batch: Batch, counts: Counts
    ) -> Reply | None:
        """Return what settles a batch without an answer; None: it may be answered.

        A polite word, or a note where the person was told today.
        """
        limit = self._exceeded(chat, batch, counts)
        return self.tell_once(limit, chat, batch, counts) if limit else None

    def tell_once(
        self, limit: str, chat: Userchat, batch: Batch, counts: Counts
    ) -> Reply:
        """Return the word of the day on a limit, or a note: also where people talk."""
        is_ours = chat.owner == "bot"
        if not is_ours or counts.was_told(chat.user_id, limit, self.midnight()):
            silent = note(batch, sentences.NOT_ANSWERED.format(limit=limit))
            return replace(silent, turn=replace(silent.turn, limit=limit))
        word = speak(chat.language, WORDS[limit])
        return Reply(turn=replace(say(word, batch), limit=limit))

    def midnight(self) -> datetime:
        """Return when today began, by the clocks of the business, in UTC."""
        today = datetime.now(self.timezone).date()
        begun = datetime(today.year, today.month, today.day, tzinfo=self.timezone)
        return begun.astimezone(UTC)

    def _exceeded(self, chat: Userchat, batch: Batch, counts: Counts) -> str | None:
        if self.messages_minute and _is_too_fast(chat, batch, self.messages_minute):
            return "MESSAGES_PER_MINUTE"
        user_id, hour = chat.user_id, self.per_person
        if chat.answers_of_hour is not None and chat.answers_of_hour < hour:
            hour = 0  # so far from the limit that nobody needs to ask
        day = datetime.now(UTC) - self.midnight()
        spans: tuple[tuple[Span, timedelta, int, int], ...] = (
            ("hour", HOUR, hour, self.for_all),
            ("day", day, self.per_person_day, self.for_all_day),
        )
        for span, within, person, everybody in spans:
            theirs = partial(counts.to_person, user_id, within=within)
            if person and _is_reached(theirs, person):
                return f"ANSWERS_PER_PERSON_{span.upper()}"
            of_all = partial(counts.to_all, within=within, most=everybody, span=span)
            if everybody and _is_reached(of_all, everybody):
                return f"ANSWERS_PER_{span.upper()}"
        return None


def _is_reached(count: Callable[[Collection[str]], int], most: int) -> bool:
    """Tell whether so much was answered: what is said of limits is no answer.

    It is left out, in many words, only where that matters: most are far from it.
    """
    return count(()) >= most and count(_every_word()) >= most


def read_allowance(read: Reader) -> Allowance:
    """Return what is set; what is wrong is collected by the reader."""
    return Allowance(
        per_person=_read_bound(read, "ANSWERS_PER_PERSON_HOUR", 60),
        for_all=_read_bound(read, "ANSWERS_PER_HOUR", 3000),
        per_person_day=_read_bound(read, "ANSWERS_PER_PERSON_DAY", 0),
        for_all_day=_read_bound(read, "ANSWERS_PER_DAY", 0),
        messages_minute=_read_bound(read, "MESSAGES_PER_MINUTE", 0),
        allowed=_read_addresses(read, "ALLOWED_ADDRESSES"),
        blocked=_read_addresses(read, "BLOCKED_ADDRESSES"),
        is_paused=read.text(PAUSED, "on|off", "on or off") == "on",
        timezone=read.zone("TIMEZONE", UTC),
    )


@cache
def _every_word() -> frozenset[str]:
    """Return what is said of limits, in every language: these are no answers."""
    return every_wording(*WORDS.values())


def _read_bound(read: Reader, name: str, default: int) -> int:
    return read.integer(name, default, 0, 1_000_000)


def _read_addresses(read: Reader, name: str) -> frozenset[str]:
    nobody: frozenset[str] = frozenset()
    return read.parsed(name, read_teachers, nobody, ADDRESSES_HINT)


def _is_too_fast(chat: Userchat, batch: Batch, most: int) -> bool:
    """Tell whether the user wrote more messages than that in the minute of the last."""
    since = batch[-1].timestamp - MINUTE
    turns = (*chat.earlier_turns, *chat.turns)
    theirs = (turn for turn in turns if turn.role == "user" and turn.timestamp > since)
    until = batch[-1].timestamp
    return sum(turn.timestamp <= until for turn in theirs) > most


def find_exceeded(turn: Turn) -> str | None:
    """Return the setting that a turn of ours tells the user of; None: it does not."""
    return turn.limit if turn.role == "assistant" else None
