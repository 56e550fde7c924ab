"""What reads a thing that somebody sent, whichever sense it takes."""

from dataclasses import dataclass
from typing import Protocol

from bot.knowledge.taking_in.lessons import NotYetError
from bot.media.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a document that can be understood alone."""

    text: str
    heading: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensed:
    """What bytes say. `text` None: nothing, as of silence, or a picture without words.

    `seconds` is how long a recording is. A document's text stands in its `pieces`.
    `cost_micros` is in millionths of a currency; None: not known.
    """

    text: str | None = None
    text_by: str | None = None
    language: str | None = None
    seconds: float | None = None
    pages: int | None = None
    pieces: tuple[Piece, ...] = ()
    cost_micros: int | None = None


class NotSensedError(Exception):
    """It can't be read, and won't be: the text says why, for operators.

    `is_beyond_us`: nothing here reads this kind; else this very thing is at fault.
    `is_locked`: it asks for a password. `trouble` is what else its sender can be told.
    """

    def __init__(
        self,
        reason: str,
        *,
        is_beyond_us: bool = False,
        is_locked: bool = False,
        trouble: Trouble | None = None,
    ) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.is_beyond_us = is_beyond_us
        self.is_locked = is_locked


class NotYetSensedError(NotYetError):
    """It can't be read this time: whoever reads it is away, or asks for a pause."""


class Sense(Protocol):
    """Reads one kind of thing: voice, pictures, documents."""

    def sense(
        self, content: bytes, media_type: str, file_name: str | None, seconds: float, /
    ) -> Sensed:
        """Return what bytes of a type say, within `seconds`. Safe in many threads.

        Raises NotSensedError and NotYetSensedError, and nothing else.
        """
