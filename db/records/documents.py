"""Frozen nouns of documents: as they are added, waiting, taken in, listed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit
from uuid import UUID

from db.records.passages import NewChunk

# A version lies whole in one row, and whole in the memory of who reads it.
MOST_CONTENT_BYTES = 32 * 1024 * 1024
UNNAMED = "document"


def name_of(file_path: str | None, url: str | None) -> str:
    """Return the name of a file or page, by which its type may be known."""
    if file_path:
        return PurePosixPath(file_path).name or UNNAMED
    parts = urlsplit(url or "")
    return PurePosixPath(unquote(parts.path)).name or parts.hostname or UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A version of a document, as it is added.

    The same `file_path`, or the same `url`, of the same owner is the same document;
    with neither, it is a new one each time. `title` and `language` (ISO 639-1) win over
    what it says itself, also in later versions. `file_type` is what it is known to be,
    such as `answer`; None: its reader will tell. `user_id` is whose it is alone.
    """

    content: bytes = field(repr=False)
    file_path: str | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None
    description: str | None = None
    file_type: str | None = None
    content_type: str | None = None
    user_id: UUID | None = None
    is_demo: bool = False

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()

    @property
    def name(self) -> str:
        """What it is called until it says so itself."""
        return self.title or name_of(self.file_path, self.url)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a version: new, or the one that serves or waits already."""

    document_id: int
    is_new_version: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A version that waits to be taken in, and what is known of its document.

    `title` and `language` are those that it was added with, if any.
    """

    document_id: int
    sha256: str
    uploaded_at: datetime
    content: bytes = field(repr=False)
    file_type: str
    file_path: str | None
    url: str | None
    title: str | None
    language: str | None
    content_type: str | None

    @property
    def name(self) -> str:
        """What its file or page is called."""
        return name_of(self.file_path, self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What a version turned out to be: `language` is an ISO 639-1 code."""

    title: str
    file_type: str
    language: str | None
    chunks: Sequence[NewChunk]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document as lists show it; `owner` is the address of whose it is alone."""

    id: int
    title: str
    description: str | None
    file_path: str | None
    url: str | None
    file_type: str
    file_size: int | None
    sha256: str | None
    language: str | None
    is_processed: bool
    error: str | None
    is_demo: bool
    user_id: UUID | None
    owner: str | None
    chunks: int
    created_at: datetime
    updated_at: datetime
