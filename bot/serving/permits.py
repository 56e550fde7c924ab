"""How many of a web process's threads take requests at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, get_ident, local


class Permits:
    """Permits: a thread needs one to take requests, and keeps it for the next one.

    What was begun is ended before more is begun. Where many threads share an
    interpreter and a few processors, each request would wait for all the others. Who
    waits for something else gives the permit to another thread of the pool.
    """

    def __init__(self, pool: ThreadPoolExecutor, serve: Callable[[], None]) -> None:
        self._pool = pool
        self._serve = serve
        self._holders: set[int] = set()

    def issue(self) -> None:
        """Let one more thread serve: for as long as it has the permit."""
        with suppress(RuntimeError):  # the pool was shut down: the process ends
            self._pool.submit(self._begin)

    def _begin(self) -> None:
        self._holders.add(get_ident())
        _here.permits = self
        self._serve()

    @property
    def is_held(self) -> bool:
        """Whether this thread has a permit."""
        return get_ident() in self._holders

    def give(self, thread: int) -> None:
        """Give a thread's permit to another one."""
        try:
            self._holders.remove(thread)
        except KeyError:  # it has none
            return
        self.issue()


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
