"""The running summary: sections side by side, each of one stretch of the transcript."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db.records import Turn

# So that all of them have room in a prompt, they are short, and few: of one more, some
# neighbours become one.
MOST_SECTIONS = 6
JOINED = 3
LONGEST_SECTION = 600  # in bytes


@dataclass(frozen=True, slots=True)
class Section:
    """What one stretch told; `until` is the MessageSid of its last message."""

    until: str
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said before the turns that a prompt shows, oldest section first."""

    sections: tuple[Section, ...] = ()

    @classmethod
    def of(cls, turn: Turn | None) -> "Summary":
        """Read it from its turn; what a person edited by hand is one section."""
        if turn is None or turn.covers_until is None:
            return cls()
        texts = [text for text in turn.content.split("\n\n") if text.strip()]
        ends = turn.stretches
        if len(texts) != len(ends) or ends[-1:] != (turn.covers_until,):
            texts, ends = [turn.content], (turn.covers_until,)
        told = zip(ends, texts, strict=True)
        return cls(tuple(Section(until, text) for until, text in told))

    @property
    def covers_until(self) -> str | None:
        """The MessageSid of the last message that it sums up."""
        return self.sections[-1].until if self.sections else None

    def to_turn(self) -> Turn:
        """Return the turn that it is stored as."""
        return Turn(
            role="system",
            content="\n\n".join(section.text for section in self.sections),
            timestamp=datetime.now(UTC),
            covers_until=self.covers_until,
            stretches=tuple(section.until for section in self.sections),
        )


def after(turns: Sequence[Turn], until: str | None) -> list[Turn]:
    """Return the turns (arranged) that come after what is covered until a message.

    What was answered to it is covered with it: a stretch ends before the next word of
    the user's. Where the message is not among them, all of them come after.
    """
    place = find(turns, until)
    if place is None:
        return list(turns)
    place += 1
    while place < len(turns) and turns[place].role != "user":
        place += 1
    return list(turns[place:])


def find(turns: Sequence[Turn], sid: str | None) -> int | None:
    """Return where the message with a MessageSid stands."""
    if sid is None:
        return None
    places = (n for n, turn in enumerate(turns) if turn.message_sid == sid)
    return next(places, None)
