"""Threads that wait for the same sockets: each of them is told to one."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager

import pytest

from bot.serving.readiness import InTurns, KernelWakes, Readiness
from db.embedded.processes import ON_LINUX
from tests.house import PATIENCE

THREADS = 4
A_MOMENT = 0.2
Kind = Callable[[], Readiness]
KINDS = [
    pytest.param(
        KernelWakes, marks=pytest.mark.skipif(not ON_LINUX, reason="the kernel's own")
    ),
    InTurns,
]
Ends = tuple[socket.socket, socket.socket]


class Waiters:
    """Threads of which each asks for one socket."""

    def __init__(self, readiness: Readiness) -> None:
        self.readiness = readiness
        self._pool = ThreadPoolExecutor(THREADS)
        self._asked: set[Future[int | None]] = set()

    def ask(self) -> None:
        self._asked.add(self._pool.submit(self.readiness.next))

    def told(self) -> int | None:
        """Return what is told next."""
        done, self._asked = wait(self._asked, PATIENCE, FIRST_COMPLETED)
        answered = done.pop()
        self._asked |= done
        return answered.result()

    def hear_nothing(self) -> bool:
        return not wait(self._asked, A_MOMENT, FIRST_COMPLETED).done

    def close(self) -> None:
        self.readiness.end()
        self._pool.shutdown()


@pytest.fixture(params=KINDS)
def waiters(request: pytest.FixtureRequest) -> Iterator[Waiters]:
    waiters = Waiters(request.param())
    yield waiters
    waiters.close()


@contextmanager
def lines(count: int) -> Iterator[list[Ends]]:
    """Yield connections: the end that is watched, and the client's."""
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(count)]
        for end in [end for pair in pairs for end in pair]:
            stack.enter_context(end)
        yield pairs


@pytest.fixture
def ends() -> Iterator[Ends]:
    with lines(1) as (pair,):
        yield pair


def test_what_can_be_read_is_told_to_one_of_those_who_ask(
    waiters: Waiters, ends: Ends
) -> None:
    ours, client = ends
    for _ in range(THREADS):
        waiters.ask()
    waiters.readiness.watch(ours)
    assert waiters.hear_nothing()
    client.send(b"x")
    assert waiters.told() == ours.fileno()
    assert waiters.hear_nothing()  # though nobody has read it


def test_it_is_told_again_once_it_is_watched_again(
    waiters: Waiters, ends: Ends
) -> None:
    ours, client = ends
    client.send(b"x")
    for _ in range(3):
        waiters.ask()
        waiters.readiness.watch(ours)
        assert waiters.told() == ours.fileno()


def test_each_thread_is_told_of_another_one(waiters: Waiters) -> None:
    with lines(THREADS) as pairs:
        for ours, client in pairs:
            waiters.readiness.watch(ours)
            client.send(b"x")
        for _ in pairs:
            waiters.ask()
        numbers = {waiters.told() for _ in pairs}
        assert numbers == {ours.fileno() for ours, _ in pairs}


def test_what_is_to_be_looked_at_at_once_is_told_without_a_word_of_the_client(
    waiters: Waiters, ends: Ends
) -> None:
    ours, _ = ends
    waiters.ask()
    waiters.readiness.watch(ours)
    waiters.readiness.watch(ours, at_once=True)
    assert waiters.told() == ours.fileno()
    waiters.readiness.watch(ours)
    waiters.ask()
    assert waiters.hear_nothing()


def test_what_is_forgotten_is_not_told(waiters: Waiters, ends: Ends) -> None:
    ours, client = ends
    waiters.readiness.forget(ours)  # it was not watched: that is no fault
    waiters.readiness.watch(ours)
    waiters.readiness.forget(ours)
    client.send(b"x")
    waiters.ask()
    assert waiters.hear_nothing()


def test_in_the_end_everybody_may_go_who_waits_or_asks_then(waiters: Waiters) -> None:
    waiters.ask()
    waiters.ask()
    waiters.readiness.end()
    assert [waiters.told(), waiters.told()] == [None, None]
    waiters.ask()
    assert waiters.told() is None
