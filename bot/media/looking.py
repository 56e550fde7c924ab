"""Looking at what messages brought: fetched, kept, read; each once, whatever fails.

Every step is stored before the next one begins: bytes that are here are not fetched
again, and what was read is not read, nor paid for, again.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import BoundedSemaphore, Event
from uuid import UUID

from bot.knowledge.taking_in.lessons import NotYetError
from bot.media.fetching import (
    Fetch,
    FetchedFile,
    NotFetchedError,
    NotYetFetchedError,
)
from bot.media.kinds import UNKNOWN, find_media_type, kind_of, plain_type
from bot.media.policy import tell_not_taken
from bot.media.protocol import NotSensedError, NotYetSensedError, Sense, Sensed
from bot.media.rows import Rows
from bot.media.tries import Tries
from bot.media.troubles import Trouble, tell_trouble
from db.records import SeenMedia

log = logging.getLogger(__name__)

FETCH_SECONDS = 60.0
SENSE_SECONDS = 120.0
# What one call does; what is left over comes with the next one.
LOOK_SECONDS = 300.0
# Of one person: more than anybody sends who wants answers.
DAY = timedelta(days=1)
MOST_A_DAY = 100
MOST_BYTES_A_DAY = 200 * 1024 * 1024
# In one process: each may hold 16 MB, more than once.
MOST_AT_ONCE = 6
LONGEST_TEXT = 20_000
MOST_PIECES = 2_000


class NotYetSeenError(Exception):
    """Something can't be looked at this time; the text is for the log.

    `retry_after`: in how many seconds it is worth trying again, if that is known.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One thing that a message brought, as Twilio told of it: all of it untrusted."""

    message_sid: str
    position: int
    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Looks at things; safe to use from many threads.

    `senses` read one kind each; what there is none for is kept, and beyond us.
    `stopping` ends it between two things, and so does what is not `is_wanted` any more.
    """

    fetch: Fetch
    rows: Rows
    senses: Mapping[str, Sense] = field(default_factory=dict)
    stopping: Event = field(default_factory=Event)
    is_wanted: Callable[[], bool] = lambda: True
    most_a_day: int = MOST_A_DAY
    most_bytes_a_day: int = MOST_BYTES_A_DAY
    tries: Tries = field(default_factory=Tries)
    places: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(MOST_AT_ONCE)
    )

    def look(
        self,
        user_id: UUID,
        sent: Sequence[Sent],
        seen: Mapping[tuple[str, int], SeenMedia],
        seconds: float,
    ) -> dict[tuple[str, int], SeenMedia]:
        """Return what is known of things now: each is read, or it is known why not.

        Takes about `seconds` at most. Raises NotYetSeenError where something has to
        wait: what was done by then is stored. Raises StoreUnavailableError.
        """
        return self._each(self._look_at, user_id, sent, seen, seconds)

    def have(
        self,
        user_id: UUID,
        sent: Sequence[Sent],
        seen: Mapping[tuple[str, int], SeenMedia],
        seconds: float,
    ) -> dict[tuple[str, int], SeenMedia]:
        """Return what is known of things once their bytes are here; else as `look`."""
        return self._each(self._have, user_id, sent, seen, seconds)

    def _each(
        self,
        work: "_Work",
        user_id: UUID,
        sent: Sequence[Sent],
        seen: Mapping[tuple[str, int], SeenMedia],
        seconds: float,
    ) -> dict[tuple[str, int], SeenMedia]:
        deadline = time.monotonic() + min(seconds, LOOK_SECONDS)
        found = dict(seen)
        for one in sent:
            key = (one.message_sid, one.position)
            left = max(deadline - time.monotonic(), 0)
            if not _is_settled(found.get(key)) and not self.is_wanted():
                raise NotYetSeenError("what was sent is not to be looked at now")
            if self.stopping.is_set() or not self.places.acquire(timeout=left):
                raise NotYetSeenError("the rest of what was sent is looked at next")
            try:
                found[key] = work(user_id, one, found.get(key), deadline)
            finally:
                self.places.release()
        return found

    def _have(
        self, user_id: UUID, sent: Sent, known: SeenMedia | None, deadline: float
    ) -> SeenMedia:
        if known is not None:
            return known
        thing = _begin(sent)
        try:
            file = self._fetch(user_id, sent, thing, deadline)
            return self._keep(user_id, thing, file)
        except _LostError as lost:
            return self._give_up(user_id, thing, lost)

    def _look_at(
        self, user_id: UUID, sent: Sent, known: SeenMedia | None, deadline: float
    ) -> SeenMedia:
        thing, content = known or _begin(sent), None
        if known is not None and _is_settled(known):
            return known
        try:
            if known is None:
                file = self._fetch(user_id, sent, thing, deadline)
                thing, content = self._keep(user_id, thing, file), file.content
            said = self._sense(thing, content or self._find(thing), deadline)
        except _LostError as lost:
            return self._give_up(user_id, thing, lost)
        read = _with_words(thing, said)
        pieces = [(p.heading, p.page, p.text) for p in said.pieces[:MOST_PIECES]]
        self.rows.settle(user_id, read, pieces)
        return read

    def _fetch(
        self, user_id: UUID, sent: Sent, thing: SeenMedia, deadline: float
    ) -> FetchedFile:
        had = self.rows.count(user_id, DAY)
        if had.things >= self.most_a_day or had.bytes >= self.most_bytes_a_day:
            told = f"{had.things} things with {had.bytes} bytes came within a day"
            raise _LostError(Trouble.TOO_MUCH, told)
        seconds = min(FETCH_SECONDS, max(deadline - time.monotonic(), 0.1))
        try:
            file = self.fetch(sent.message_sid, sent.url, seconds)
        except NotFetchedError as error:
            raise self._lost(thing, error) from error
        except NotYetFetchedError as error:
            self._wait_or_go_on(thing, error)
            raise self._lost(thing, error) from error
        if not file.content:
            raise _LostError(Trouble.EMPTY, "it has no bytes")
        return file

    def _lost(
        self, thing: SeenMedia, error: NotFetchedError | NotYetFetchedError
    ) -> "_LostError":
        """Return why a thing can't be had; sent again, what is beyond us stays so."""
        is_large = isinstance(error, NotFetchedError) and error.is_too_large
        trouble = Trouble.TOO_LARGE if is_large else Trouble.NOT_GIVEN
        is_beyond_us = kind_of(thing.media_type) not in self.senses
        return _LostError(Trouble.BEYOND_US if is_beyond_us else trouble, str(error))

    def _keep(self, user_id: UUID, thing: SeenMedia, file: FetchedFile) -> SeenMedia:
        is_told = thing.media_type not in {UNKNOWN, "unknown"}
        declared = thing.media_type if is_told else file.content_type
        fetched = replace(
            thing,
            media_type=find_media_type(file.content, declared),
            file_name=file.name,
        )
        try:
            return self.rows.keep(user_id, fetched, file.content)
        except OSError as error:
            # No traceback: this says what to do.
            log.error("%s", tell_not_taken(error))  # noqa: TRY400
            raise NotYetSeenError("what was sent could not be kept") from error

    def _wait_or_go_on(self, thing: SeenMedia, error: NotYetError) -> None:
        """Raise NotYetSeenError, unless it was tried often enough by now."""
        most = error.most_tries
        if most is None or self.tries.count((thing.message_sid, thing.position)) < most:
            raise NotYetSeenError(str(error), error.retry_after) from error

    def _find(self, thing: SeenMedia) -> bytes:
        """Return the bytes of what was fetched before."""
        content = self.rows.read(thing.sha256) if thing.sha256 else None
        if content is None:
            raise _LostError(Trouble.NOT_GIVEN, "its bytes are gone")
        return content

    def _sense(self, thing: SeenMedia, content: bytes, deadline: float) -> Sensed:
        sense = self.senses.get(kind_of(thing.media_type))
        if sense is None:
            raise _LostError(Trouble.BEYOND_US, "nothing here reads this kind")
        seconds = min(SENSE_SECONDS, max(deadline - time.monotonic(), 1.0))
        try:
            return sense.sense(content, thing.media_type, thing.file_name, seconds)
        except NotSensedError as error:
            raise _LostError(_trouble_of(error), str(error)) from error
        except NotYetSensedError as error:
            self._wait_or_go_on(thing, error)
            raise _LostError(Trouble.BROKEN, str(error)) from error

    def _give_up(
        self, user_id: UUID, thing: SeenMedia, lost: "_LostError"
    ) -> SeenMedia:
        log.info("something that was sent can't be read: %s", lost.trouble)
        error = tell_trouble(lost.trouble, str(lost))
        settled = replace(thing, state="unreadable", error=error)
        self.rows.settle(user_id, settled)
        return settled


_Work = Callable[[UUID, Sent, SeenMedia | None, float], SeenMedia]


class _LostError(Exception):
    """A thing that can't be had or read, now or later."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        super().__init__(reason)
        self.trouble = trouble


def _is_settled(known: SeenMedia | None) -> bool:
    return known is not None and known.state != "fetched"


def _begin(sent: Sent) -> SeenMedia:
    """Return a thing of which nothing is known but what Twilio told."""
    return SeenMedia(
        message_sid=sent.message_sid,
        position=sent.position,
        state="fetched",
        media_type=plain_type(sent.media_type),
    )


def _trouble_of(error: NotSensedError) -> Trouble:
    if error.trouble is not None:
        return error.trouble
    if error.is_locked:
        return Trouble.LOCKED
    return Trouble.BEYOND_US if error.is_beyond_us else Trouble.BROKEN


def _with_words(known: SeenMedia, said: Sensed) -> SeenMedia:
    text = (said.text or "").strip()[:LONGEST_TEXT]
    return replace(
        known,
        state="read",
        text=text or None,
        text_by=said.text_by,
        language=said.language,
        seconds=said.seconds,
        pages=said.pages,
        cost_micros=said.cost_micros,
    )
