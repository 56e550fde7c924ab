"""What a message brought beside its text, once it was looked at."""

from dataclasses import dataclass
from typing import Literal

MediaState = Literal["fetched", "read", "unreadable"]
MEDIA_STATES: tuple[MediaState, ...] = ("fetched", "read", "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMedia:
    """One thing that a message brought: a row of `media`.

    `position` counts within the message, from 0. `text` is what was heard or read, by
    `text_by`; None: nothing was, and of a document it stands in chunks. `sha256`, in
    hexadecimal, names the bytes, where they are kept. `error` is why it can't be read.
    `shown_as` is its number among the pictures of one prompt: never stored.
    """

    message_sid: str
    position: int
    state: MediaState
    media_type: str
    media_id: int | None = None
    file_name: str | None = None
    size: int | None = None
    seconds: float | None = None
    pages: int | None = None
    sha256: str | None = None
    text: str | None = None
    text_by: str | None = None
    language: str | None = None
    cost_micros: int | None = None
    error: str | None = None
    shown_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPiece:
    """A piece of a person's own document: a row of `media_chunks`.

    `document` is which of the documents that were asked for it is of, from 0; `page`
    counts from 1, None where there are none.
    """

    document: int
    text: str
    heading: str = ""
    page: int | None = None
