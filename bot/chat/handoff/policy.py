"""What an operator decided about passing chats on to people."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, cast

from bot.chat.handoff.hours import HOURS_HINT, OpeningHours, read_hours
from bot.chat.handoff.plain import plain
from bot.environment import Reader

Ends = Literal["bot", "queue"]
MOST_WORDS, LONGEST_WORDS = 100, 100
WORDS_HINT = "words or phrases of 100 letters at most, separated by , (100 at most)"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffPolicy:
    """How chats are passed on to people, and for how long.

    `lasts`: how long a chat waits, or stays a person's after their last word; then a
    person's goes to `ends`. `words` are the operator's own (plain, see plain.py): a
    message with one of them is passed on. `after_errors`: so is one that would get an
    apology. `elsewhere`: whom the business writes to past the bot is a person's by it.
    `hours` are those in which people are there, `at` is the moment that counts; None:
    now.
    """

    lasts: timedelta = timedelta(hours=8)
    ends: Ends = "bot"
    words: tuple[str, ...] = ()
    after_errors: bool = True
    elsewhere: bool = False
    hours: OpeningHours = field(default_factory=OpeningHours)
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """When it is that somebody is passed on."""
        return self.at or datetime.now(UTC)


def read_handoff(read: Reader) -> HandoffPolicy:
    """Return what is set; what is wrong is collected by the reader."""
    hours = read.number("HANDOFF_HOURS", 8, 0.1, 720)
    ends = read.text("HANDOFF_ENDS", "bot|queue", "bot or queue")
    after_errors = read.text("HANDOFF_AFTER_ERRORS", "on|off", "on or off")
    elsewhere = read.text("HANDOFF_ELSEWHERE", "on|off", "on or off")
    nothing: tuple[str, ...] = ()
    return HandoffPolicy(
        lasts=timedelta(hours=hours),
        ends=cast(Ends, ends or "bot"),
        words=read.parsed("HANDOFF_WORDS", _read_words, nothing, WORDS_HINT),
        after_errors=after_errors != "off",
        elsewhere=elsewhere == "on",
        hours=_read_hours(read),
    )


def _read_hours(read: Reader) -> OpeningHours:
    zone: tzinfo = read.zone("TIMEZONE", UTC)
    always = OpeningHours(timezone=zone)

    def parse(given: str) -> OpeningHours:
        return read_hours(given, zone)

    return read.parsed("OPENING_HOURS", parse, always, HOURS_HINT)


def _read_words(given: str) -> tuple[str, ...]:
    words = [plain(each) for each in given.split(",") if each.strip()]
    if not all(words) or len(words) > MOST_WORDS:
        raise ValueError
    if any(len(each) > LONGEST_WORDS for each in words):
        raise ValueError
    return tuple(words)
