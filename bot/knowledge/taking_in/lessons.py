"""A document that somebody sends to be learned: fetched, put on the shelf, waited for.

Done twice, it changes nothing: the same content at the same place on the shelf is the
same version of the same document. So whoever was killed on the way begins anew.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import PurePosixPath
from threading import Event
from typing import Protocol

LOOK_SECONDS = 0.25
# A price list is read in a second, a manual in some; a longer one is told of later.
READ_SECONDS = 20.0
# Where it lies on the shelf: no file has this beginning, and no page.
PLACE = "whatsapp:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was sent to be learned: the media of a message, not fetched yet.

    `url` is untrusted. `title` is what its sender calls it, if they do.
    """

    message_sid: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file as it came; `name` and `content_type` are what its server says of it."""

    content: bytes = field(repr=False)
    name: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What became of a lesson: `error` is why it was not taken in, in a sentence.

    With neither `error` nor `is_read` it is read later. `title` is known at the latest
    once it is read.
    """

    title: str | None
    is_read: bool = False
    error: str | None = None


class NotLearnedError(Exception):
    """It can't be learned, now or later; the text says why, to who sent it."""


class NotYetError(Exception):
    """It could not be had this time. The text is for the log.

    `most_tries`: how often it is worth trying; None: as long as somebody waits.
    `retry_after`: in how many seconds, if that is known.
    """

    def __init__(
        self,
        reason: str,
        *,
        most_tries: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.most_tries = most_tries
        self.retry_after = retry_after


class Shelf(Protocol):
    """Everybody's documents."""

    def put(self, file: FetchedFile, place: str, title: str | None) -> int:
        """Have a version read, and return its document's id.

        Without a title it has the one that it says itself.

        One that lies at that place already is left as it is. Raises NotLearnedError.
        """

    def look(self, document_id: int) -> Learned:
        """Return how far it is. Raises NotLearnedError where it is gone."""


# Fetches a lesson's file within seconds. Raises NotLearnedError and NotYetError.
Fetch = Callable[[Lesson, float], FetchedFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Takes lessons in. `stopping` ends waits early."""

    fetch: Fetch
    shelf: Shelf
    stopping: Event = field(default_factory=Event)
    read_seconds: float = READ_SECONDS

    def learn(self, lesson: Lesson, seconds: float) -> Learned:
        """Return what became of a lesson, after `seconds` or so at most.

        What is on the shelf by then, but not read yet, is read later. Raises
        NotYetError where it is worth trying again.
        """
        deadline = time.monotonic() + seconds
        title = lesson.title
        try:
            file = self.fetch(lesson, seconds)
            title = title or PurePosixPath(file.name or "").stem or None
            document_id = self.shelf.put(file, place_of(file, lesson.title), title)
            learned = self._wait_for(document_id, deadline)
        except NotLearnedError as error:
            return Learned(title=title, error=str(error))
        return learned if learned.is_read else replace(learned, title=title)

    def _wait_for(self, document_id: int, deadline: float) -> Learned:
        ends = min(deadline, time.monotonic() + self.read_seconds)
        while True:
            learned = self.shelf.look(document_id)
            is_done = learned.is_read or learned.error is not None
            if is_done or time.monotonic() >= ends:
                return learned
            if self.stopping.wait(LOOK_SECONDS):
                return learned


def place_of(file: FetchedFile, title: str | None) -> str:
    """Return where a file lies: what is called alike is a new version of the same.

    What has no name at all is known by its content.
    """
    name = title or file.name or sha256(file.content).hexdigest()[:16]
    return PLACE + " ".join(name.casefold().split())
