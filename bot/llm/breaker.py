"""Leaves a server alone that can answer nobody: one probe finds out, then all go on."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.llm.protocol import LLMError

log = logging.getLogger(__name__)

# So many failures in a row, of whomever, are the server's.
MOST_FAILURES = 5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
# How soon to look again while somebody else's probe is under way.
PROBE_SECONDS = 1.0


class Breaker:
    """Counts the failures of one server; safe to use from many threads.

    A failure that is worth few tries is about its prompt: that server works. A pause
    that the server asks for is kept by everybody.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        server: str = "the LLM's server",
    ) -> None:
        self._clock = clock
        self._server = server
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._closed_until: float | None = None  # None: open for everybody
        self._is_probed = False
        self._why = ""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch one asking; raise LLMError at once where the server is left alone."""
        is_probe = self._enter()
        try:
            yield
        except LLMError as error:
            self._note(error, is_probe=is_probe)
            raise
        else:
            self._note(None, is_probe=is_probe)
        finally:
            if is_probe:
                self._is_probed = False

    def _enter(self) -> bool:
        """Return whether this asking is the probe."""
        with self._lock:
            if self._closed_until is None:
                return False
            left = self._closed_until - self._clock()
            if left <= 0 and not self._is_probed:
                self._is_probed = True
                return True
        seconds = left if left > 0 else PROBE_SECONDS
        raise LLMError(
            f"{self._server} is left alone for {seconds:.1f} s: {self._why}",
            retry_after=seconds,
        )

    def _note(self, error: LLMError | None, *, is_probe: bool) -> None:
        with self._lock:
            self._why = str(error)
            if error is None or error.most_tries is not None:
                self._open()
            elif error.retry_after is not None:
                self._close(error.retry_after)
            elif is_probe:
                self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
                self._close(self._pause)
            else:
                self._failures += 1
                if self._failures == MOST_FAILURES:
                    log.error("%s can answer nobody: %s", self._server, error)
                    self._close(self._pause)

    def _open(self) -> None:
        if self._closed_until is not None:
            log.info("%s answers again", self._server)
        self._failures, self._pause = 0, FIRST_PAUSE_SECONDS
        self._closed_until = None

    def _close(self, seconds: float) -> None:
        """Leave the server alone; a longer pause of before holds."""
        until = self._clock() + seconds
        self._closed_until = max(until, self._closed_until or until)
