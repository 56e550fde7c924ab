"""Which sockets can be read, told to the threads that ask, each to one of them."""

import os
import select
import selectors
from collections import deque
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol

from db.embedded.processes import ON_LINUX


class Readiness(Protocol):
    """What several threads wait for. A socket is told once, and not watched then."""

    def watch(self, sock: Any, *, at_once: bool = False) -> None:
        """Tell when it can be read; with `at_once` whether it can or not."""

    def forget(self, sock: Any) -> None:
        """Tell no more of it. Before it is closed, too."""

    def next(self) -> int | None:
        """Wait for one, and return its number. None, to all who ask: it is over."""

    def end(self) -> None:
        """Let everybody go who waits."""


def new_readiness() -> Readiness:
    """Return what the kernel has for several threads, or else ours."""
    return KernelWakes() if ON_LINUX else InTurns()


class KernelWakes:
    """Each socket wakes one thread, of those that wait the one that waits least long.

    So there run as many as are needed, and what they use is in the processor's caches
    (epoll(7) tells of EPOLLONESHOT, and of one thread that is woken).
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._end, self._ending = os.pipe()
        self._epoll.register(self._end, select.EPOLLIN)

    def watch(self, sock: Any, *, at_once: bool = False) -> None:
        """Tell when it can be read; with `at_once` whether it can or not."""
        mask = select.EPOLLIN | select.EPOLLONESHOT
        mask |= select.EPOLLOUT if at_once else 0
        try:
            self._epoll.modify(sock, mask)
        except FileNotFoundError:
            self._epoll.register(sock, mask)

    def forget(self, sock: Any) -> None:
        """Tell no more of it. Before it is closed, too."""
        with suppress(OSError, ValueError):  # it is not watched, or closed
            self._epoll.unregister(sock)

    def next(self) -> int | None:
        """Wait for one, and return its number. None, to all who ask: it is over."""
        ((number, _),) = self._epoll.poll(None, 1)
        return None if number == self._end else number

    def end(self) -> None:
        """Let everybody go who waits."""
        os.write(self._ending, b"\0")


class InTurns:
    """One thread at a time waits, for all of them.

    What is watched meanwhile counts at once, as kqueue(2) and epoll(7) have it.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._changing = Lock()
        self._turn = Lock()
        self._ready = deque[int]()
        self._end, self._ending = os.pipe()
        self._selector.register(self._end, selectors.EVENT_READ)

    def watch(self, sock: Any, *, at_once: bool = False) -> None:
        """Tell when it can be read; with `at_once` whether it can or not."""
        events = selectors.EVENT_READ
        events |= selectors.EVENT_WRITE if at_once else 0
        with self._changing:
            try:
                self._selector.register(sock, events)
            except KeyError:
                self._selector.modify(sock, events)

    def forget(self, sock: Any) -> None:
        """Tell no more of it. Before it is closed, too."""
        with self._changing, suppress(KeyError, ValueError):  # not watched, or closed
            self._selector.unregister(sock)

    def next(self) -> int | None:
        """Wait for one, and return its number. None, to all who ask: it is over."""
        with self._turn:
            while not self._ready:
                self._wait()
            number = self._ready[0]
            return None if number == self._end else self._ready.popleft()

    def _wait(self) -> None:
        for key, _ in self._selector.select():
            self.forget(key.fileobj)
            self._ready.append(key.fd)

    def end(self) -> None:
        """Let everybody go who waits."""
        os.write(self._ending, b"\0")
