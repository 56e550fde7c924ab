"""What is told by e-mail and webhook, and that it could not be."""

from dataclasses import dataclass, field
from uuid import UUID

from db.errors import OperatorError


class NotAnnouncedError(OperatorError):
    """It could not be told this time; the text says why, in words of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with the bot. `id` is the same for every try."""

    id: UUID
    text: str
    to: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is told. `id` is the same for every try; `words` are an excerpt."""

    id: UUID
    event: str
    ticket: int
    user_id: UUID
    name: str
    why: str
    words: str
    to: tuple[str, ...] = field(repr=False)
