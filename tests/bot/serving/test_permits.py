"""How many threads take requests at a time, and who gives way to another one."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from threading import Event, get_ident

import pytest

from bot.serving.permits import Apart, Permits, give_permit
from tests.house import PATIENCE, eventually

A_MOMENT = 0.1
THREADS = 3


class Office:
    """Threads that serve while they have a permit: tasks of a test, in their order."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(THREADS)
        self.permits = Permits(self.pool, self._serve)
        self._tasks: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self.served_by = SimpleQueue[int]()

    def _serve(self) -> None:
        while self.permits.is_held:
            task = self._tasks.get(timeout=PATIENCE)
            self.served_by.put(get_ident())
            task()

    def bring(self, task: Callable[[], object] = lambda: None) -> None:
        self._tasks.put(task)

    def thread(self) -> int:
        """Return which thread took the next task."""
        return self.served_by.get(timeout=PATIENCE)

    def is_taken_by_nobody(self) -> bool:
        time.sleep(A_MOMENT)
        return self.served_by.empty()

    def close(self) -> None:
        """Have those who serve give their permits away until nobody is left."""
        self.pool.shutdown(wait=False)
        for _ in range(THREADS):
            self.bring(give_permit)
        self.pool.shutdown()


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.close()


def test_so_many_threads_serve_as_there_are_permits(office: Office) -> None:
    ends = Event()
    office.permits.issue()
    office.bring(partial(ends.wait, PATIENCE))
    first = office.thread()
    office.bring()
    assert office.is_taken_by_nobody()  # though the pool has threads left
    ends.set()
    assert office.thread() == first  # it kept its permit


def test_who_waits_lets_another_thread_serve_meanwhile(office: Office) -> None:
    ends = Event()

    def wait_aside() -> None:
        give_permit()
        give_permit()  # it has none any more
        ends.wait(PATIENCE)

    office.permits.issue()
    office.bring(wait_aside)
    first = office.thread()
    office.bring(partial(ends.wait, PATIENCE))
    assert office.thread() != first
    office.bring()
    assert office.is_taken_by_nobody()
    ends.set()
    assert office.thread() != first  # who gave it away stopped serving


def test_a_permit_can_be_given_for_a_thread_that_is_stuck(office: Office) -> None:
    ends = Event()
    office.permits.issue()
    office.bring(partial(ends.wait, PATIENCE))
    stuck = office.thread()
    office.bring()
    assert office.is_taken_by_nobody()
    office.permits.give(stuck)
    assert office.thread() != stuck
    ends.set()


def test_who_answers_no_request_has_nothing_to_give(office: Office) -> None:
    give_permit()
    office.bring()
    assert office.is_taken_by_nobody()
    office.permits.issue()
    assert office.thread() != get_ident()


def test_of_what_may_take_long_no_more_is_taken_than_there_is_place_for() -> None:
    ends, done = Event(), list[int]()
    apart = Apart(threads=1, most=2)

    def last_long() -> None:
        assert ends.wait(PATIENCE)
        done.append(1)

    assert [apart.takes(last_long) for _ in range(3)] == [True, True, False]
    ends.set()
    eventually(lambda: len(done) == 2 and apart.takes(last_long))
