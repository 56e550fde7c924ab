"""What an operator's message asks for: read from its words alone."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from db.records import SeenMedia

LONGEST_MUTE = timedelta(days=7)
USUAL_MUTE = timedelta(hours=1)
COMMAND = re.compile(
    r"\s*/(?P<word>done|bot|queue|mute|unmute)\b\s*(?P<rest>.*)", re.I | re.DOTALL
)
NUMBER = re.compile(r"#?(\d{1,15})")
ADDRESSED = re.compile(
    r"\s*#(?P<to>\d{1,15}|bot)\b[\s:,]*(?P<text>.*)", re.I | re.DOTALL
)
LASTS = re.compile(r"(\d{1,5})\s*(m|min|h|d)", re.I)
UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


class Kind(StrEnum):
    """What is to be done."""

    SAY = "say"
    DONE = "done"
    BOT = "bot"
    QUEUE = "queue"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a message asks for; `ticket` where it names one.

    `lasts` is of a mute, None where it can't be read. `media` is what came beside the
    words, as far as it could be had.
    """

    kind: Kind
    text: str = ""
    ticket: int | None = None
    lasts: timedelta | None = None
    media: tuple[SeenMedia, ...] = ()


def read_order(text: str) -> Order | None:
    """Return what a message asks for; None: it is for the bot itself (`#bot …`)."""
    addressed = ADDRESSED.fullmatch(text)
    if addressed is None:
        return _read_command(text, None) or Order(kind=Kind.SAY, text=text.strip())
    if addressed["to"].lower() == "bot":
        return None
    ticket, rest = int(addressed["to"]), addressed["text"].strip()
    return _read_command(rest, ticket) or Order(kind=Kind.SAY, text=rest, ticket=ticket)


def _read_command(text: str, ticket: int | None) -> Order | None:
    """Return the command that a text is; one with a sentence behind it is none."""
    found = COMMAND.fullmatch(text)
    if found is None:
        return None
    kind, rest = Kind(found["word"].lower()), found["rest"].strip()
    if kind is Kind.MUTE:
        return Order(kind=kind, lasts=_read_lasts(rest))
    if not rest:
        return Order(kind=kind, ticket=ticket)
    number = NUMBER.fullmatch(rest)
    return Order(kind=kind, ticket=int(number[1])) if number else None


def _read_lasts(text: str) -> timedelta | None:
    if not text:
        return USUAL_MUTE
    found = LASTS.fullmatch(text)
    if found is None:
        return None
    lasts = timedelta(**{UNITS[found[2].lower()]: int(found[1])})
    return lasts if timedelta(0) < lasts <= LONGEST_MUTE else None
