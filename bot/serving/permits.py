"""How many of a web process's threads take requests at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Semaphore, get_ident, local


class Permits:
    """Permits: a thread needs one to take a request, and keeps it for the next one.

    What was begun is ended before more is begun. Where many threads share an
    interpreter and a few processors, each request would wait for all the others. Who
    waits for something else gives the permit to another one: there are more threads
    than permits.
    """

    def __init__(self, most: int) -> None:
        self._free = Semaphore(most)
        self._holders: set[int] = set()

    def take(self) -> None:
        """Wait for a permit, if this thread has none."""
        thread = get_ident()
        if thread not in self._holders:
            self._free.acquire()
            self._holders.add(thread)
            _here.permits = self

    def give(self, thread: int) -> None:
        """Give a thread's permit to another one."""
        try:
            self._holders.remove(thread)
        except KeyError:  # it has none
            return
        self._free.release()

    def end(self, threads: int) -> None:
        """Let as many threads go on as may wait for one."""
        self._free.release(threads)


_here = local()


def give_permit() -> None:
    """Let another thread take a request while this one waits, if it answers one."""
    permits: Permits | None = getattr(_here, "permits", None)
    if permits is not None:
        permits.give(get_ident())


class Apart:
    """A few threads for what may hold them for long; `most` are with them at a time."""

    def __init__(self, threads: int, most: int) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._places = BoundedSemaphore(most)

    def takes(self, task: Callable[[], None]) -> bool:
        """Have it done; False: there are too many."""
        if not self._places.acquire(blocking=False):
            return False
        done = self._pool.submit(task)
        done.add_done_callback(lambda _: self._places.release())
        return True
