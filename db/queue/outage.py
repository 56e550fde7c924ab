"""An outage as its log tells it: when it begins, now and then, and when it is over."""

import logging
import math
import time

log = logging.getLogger(__name__)

REMINDER_SECONDS = 30.0


class Outage:
    """Whether the database is away, told in few lines however often it is asked."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._told = -math.inf
        self._ended = -math.inf

    @property
    def is_on(self) -> bool:
        """Whether the last call failed."""
        return self._began is not None

    def is_over_for(self, seconds: float) -> bool:
        """Tell whether all calls of so many seconds went through."""
        return not self.is_on and time.monotonic() - self._ended >= seconds

    def note(self, why: str) -> None:
        """Take in that a call failed."""
        now = time.monotonic()
        if self._began is None:
            self._began, self._told = now, -math.inf
        if now - self._told >= REMINDER_SECONDS:
            self._told = now
            log.warning("waiting for the database: %s", why)

    def end(self) -> None:
        """Take in that a call went through."""
        if self._began is not None:
            self._ended = time.monotonic()
            lasted = self._ended - self._began
            self._began = None
            log.warning("the database is back after %.1f s", lasted)
