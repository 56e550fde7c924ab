"""Keeps a process of Python on one processor at a time (Linux).

Of its threads one runs at a time. Spread over processors, each that goes on wakes
another processor, and finds nothing of its own in the caches there: a busy worker took
a third more CPU so (docs/measurements.md). What computes beside Python is started
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
    least. Does nothing where there is no choice, or none is allowed.
    """
    if len(ALLOWED) < 2:
        return
    try:
        place = _Place()
    except OSError as error:
        log.info("this process stays on all processors: %s", error.strerror)
        return
    threading.Thread(target=place.keep, name="one processor", daemon=True).start()


@contextmanager
def anywhere() -> Iterator[None]:
    """Let this thread run on all processors; what it starts within stays free to.

    Where the kernel refuses (others may have changed what is allowed) it runs as it did:
    what is done within neither fails for that, nor is it told to have failed.
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
        self._here = _processor_of_this_thread()
        os.sched_setaffinity(0, {self._here})
        self._note()

    def keep(self) -> None:
        """Look now and then, at odd times: two that share one seldom move at once."""
        while True:
            seconds = LOOK_SECONDS * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            time.sleep(seconds)
            try:
                self._look(seconds)
            except OSError as error:
                log.info("this process stays where it is: %s", error.strerror)
                return

    def _look(self, seconds: float) -> None:
        busy, own = self._busy, self._own
        self._note()
        others = {cpu: self._busy[cpu] - busy.get(cpu, 0.0) for cpu in self._busy}
        if self._here in others:
            others[self._here] -= self._own - own
        self._here = choose(others, self._here, MARGIN * seconds)
        bring_threads_to(self._here)

    def _note(self) -> None:
        told = Path("/proc/stat").read_text(encoding="ascii")
        self._busy = busy_seconds(told)
        self._own = time.process_time()


def choose(others: Mapping[int, float], here: int, margin: float) -> int:
    """Return where others did least, if that is less than here by over the margin."""
    best = min(others, key=others.__getitem__, default=here)
    return best if others.get(here, 0.0) - others.get(best, 0.0) > margin else here


def busy_seconds(told: str) -> dict[int, float]:
    """Return what /proc/stat tells of the processors that this process may use."""
    rows = (line.split() for line in told.splitlines() if line.startswith("cpu"))
    ticks = {row[0][3:]: sum(int(row[at]) for at in BUSY) for row in rows}
    second = os.sysconf("SC_CLK_TCK")
    return {cpu: ticks[str(cpu)] / second for cpu in ALLOWED if str(cpu) in ticks}


def _processor_of_this_thread() -> int:
    told = Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace")
    return int(told.rpartition(")")[2].split()[PROCESSOR_AFTER_NAME])


def bring_threads_to(cpu: int) -> None:
    """Move the threads that don't run anywhere, those that missed a move included."""
    for thread in Path("/proc/self/task").iterdir():
        number = int(thread.name)
        with suppress(ProcessLookupError):  # it has just ended
            if os.sched_getaffinity(number) not in (ALLOWED, {cpu}):
                os.sched_setaffinity(number, {cpu})
