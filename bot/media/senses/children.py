"""Child processes that hear and look: few at once, since each takes much memory."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bot.knowledge.reading.child import ask_child
from bot.knowledge.reading.limits import MEGABYTE, Limits
from bot.knowledge.reading.nouns import UnreadableError
from bot.media.protocol import NotSensedError, NotYetSensedError

# Of all kinds, in one process: each takes a processor, and up to 1 GB.
MOST_AT_ONCE = 2
# What is too slow once may find a quieter machine.
TRIES_OF_SLOWNESS = 2
LEAST_SECONDS = 0.5
# What 16 MB of a recording or a picture need at most, measured: docs/operations.md.
LIMITS = Limits(
    seconds=240, cpu_seconds=200, memory=3072 * MEGABYTE, output=4 * MEGABYTE
)


class Children:
    """Starts one child for each thing; others wait until a place is free.

    The child runs a module that gives up all rights first, as a document's reader does,
    and tells one line of JSON: what it found, or an `error`, a sentence for operators.
    """

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(most)

    def ask(
        self, module: str, asked: dict[str, object], content: bytes, seconds: float
    ) -> dict[str, Any]:
        """Return what a child found, within `seconds`, the waiting included.

        Raises NotSensedError and NotYetSensedError.
        """
        with self.place(seconds) as left:
            return _ask(module, asked, content, left)

    @contextmanager
    def place(self, seconds: float) -> Iterator[float]:
        """Hold a place for a child; yield how many of the seconds are left for it.

        Raises NotYetSensedError where none comes free in time.
        """
        deadline = time.monotonic() + seconds
        if not self._places.acquire(timeout=max(seconds, 0)):
            raise NotYetSensedError("others are read on this machine at the moment")
        try:
            left = deadline - time.monotonic()
            if left < LEAST_SECONDS:
                raise NotYetSensedError("no time is left to read it in")
            yield left
        finally:
            self._places.release()


def _ask(
    module: str, asked: dict[str, object], content: bytes, seconds: float
) -> dict[str, Any]:
    limits = replace(LIMITS, seconds=min(seconds, LIMITS.seconds))
    until = time.monotonic() + limits.seconds
    try:
        told, code = ask_child(module, asked, content, limits)
    except UnreadableError:
        if time.monotonic() < until:
            raise NotSensedError("the program that read it told too much") from None
        raise NotYetSensedError(
            f"reading it took more than {limits.seconds:.0f} s on this machine",
            most_tries=TRIES_OF_SLOWNESS,
        ) from None
    return _read(told, code)


def _read(told: bytes, code: int) -> dict[str, Any]:
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotSensedError(
            f"it broke the program that read it (code {code}): it is damaged, or takes"
            f" more than {LIMITS.memory // MEGABYTE} MB of memory or"
            f" {LIMITS.cpu_seconds} s"
        )
    if "error" in found:
        raise NotSensedError(str(found["error"]))
    return found
