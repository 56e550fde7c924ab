"""Keeps a process of Python on one processor at a time (Linux).

Of its threads one runs at a time. Spread over processors, each that goes on wakes
another processor, and finds nothing of its own in the caches there: a busy worker took
a quarter more CPU so (docs/measurements.md). What computes beside Python is started
`anywhere`.
"""

import logging
import os
import random
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
# So much of a second others must do less elsewhere before it moves there.
MARGIN = 0.25
ON_LINUX = sys.platform.startswith("linux")
ALLOWED = os.sched_getaffinity(0) if ON_LINUX else set[int]()
# Where these stand: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
PROCESSOR_AFTER_NAME = 36
# user, nice, system; irq, softirq, steal: all but waiting (guests are in user).
# https://man7.org/linux/man-pages/man5/proc_stat.5.html
BUSY = (1, 2, 3, 6, 7, 8)


def keep_to_one_processor() -> None:
    """Keep this thread, and those that come of it, to one processor from now on.

    That is where it runs now, and every few seconds the one on which others did clearly
    least. Does nothing where there is no choice, where the kernel refuses, or where
    it does not tell what the processors do: two could share one for good.
    """
    if len(ALLOWED) < 2:
        return
    try:
        place = _Place()
    except (OSError, ValueError) as error:
        log.info("this process stays on all processors: %s", error)
        return
    threading.Thread(target=place.keep, name="one processor", daemon=True).start()


@contextmanager
def anywhere() -> Iterator[None]:
    """Let this thread run on all processors; what it starts within stays free to.

    Where the kernel refuses (others may have changed what is allowed) it runs as it
    did: what is done within neither fails for that, nor is it told to have failed.
    """
    kept = os.sched_getaffinity(0) if ON_LINUX else ALLOWED
    if kept == ALLOWED:
        yield
        return
    with suppress(OSError):
        os.sched_setaffinity(0, ALLOWED)
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setaffinity(0, kept)


class _Place:
    """The processor on which a process is, and what all of them had done when."""

    def __init__(self) -> None:
        self._note()
        self._here = _processor_of_this_thread()
        os.sched_setaffinity(0, {self._here})

    def keep(self) -> None:
        """Look now and then, at odd times: two that share one seldom move at once."""
        while True:
            time.sleep(LOOK_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            try:
                self._look()
            except (OSError, ValueError) as error:
                log.info("this process moves to no other processor: %s", error)
                return

    def _look(self) -> None:
        busy, own, at = self._busy, self._own, self._at
        self._note()
        others = {cpu: self._busy[cpu] - busy[cpu] for cpu in busy}
        others[self._here] -= self._own - own
        self._here = choose(others, self._here, MARGIN * (self._at - at))
        bring_threads_to(self._here)

    def _note(self) -> None:
        self._busy = busy_seconds(Path("/proc/stat").read_text(encoding="ascii"))
        self._own, self._at = time.process_time(), time.monotonic()


def choose(others: Mapping[int, float], here: int, margin: float) -> int:
    """Return where others did least, if that is less than here by over the margin."""
    best = min(others, key=others.__getitem__)
    return best if others[here] - others[best] > margin else here


def busy_seconds(told: str) -> dict[int, float]:
    """Return what /proc/stat tells of the processors that this process may use.

    Raises ValueError where that is nothing: some containers number them anew.
    """
    rows = (line.split() for line in told.splitlines() if line.startswith("cpu"))
    ticks = {row[0][3:]: sum(int(row[at]) for at in BUSY) for row in rows}
    second = os.sysconf("SC_CLK_TCK")
    if not all(ticks.get(str(cpu)) for cpu in ALLOWED):
        raise ValueError("/proc/stat does not tell what each of them does")
    return {cpu: ticks[str(cpu)] / second for cpu in ALLOWED}


def _processor_of_this_thread() -> int:
    told = Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace")
    return int(told.rpartition(")")[2].split()[PROCESSOR_AFTER_NAME])


def bring_threads_to(cpu: int) -> None:
    """Move the threads that are kept to another one; those with a choice keep it."""
    for thread in Path("/proc/self/task").iterdir():
        number = int(thread.name)
        with suppress(ProcessLookupError):  # it has just ended
            kept = os.sched_getaffinity(number)
            if len(kept) == 1 and kept != {cpu}:
                os.sched_setaffinity(number, {cpu})
