"""How many threads take requests at a time, and who gives way to another one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, get_ident

from bot.serving.permits import Apart, Permits, give_permit
from tests.house import PATIENCE, eventually

A_MOMENT = 0.1


class Taker:
    """A thread that takes a permit, and then does what it is told to."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        self._has_one = Event()
        self._pool = ThreadPoolExecutor(1)
        self.number = self._pool.submit(get_ident).result(PATIENCE)
        self.take()

    def take(self) -> None:
        self._has_one.clear()
        self._pool.submit(self._take)

    def _take(self) -> None:
        self._permits.take()
        self._has_one.set()

    def does(self, task: Callable[[], None]) -> None:
        self._pool.submit(task).result(PATIENCE)

    def goes_on(self) -> bool:
        return self._has_one.wait(PATIENCE)

    def waits(self) -> bool:
        return not self._has_one.wait(A_MOMENT)


def test_so_many_take_requests_and_the_next_one_waits_for_a_permit() -> None:
    permits = Permits(2)
    first = Taker(permits)
    assert first.goes_on()
    second = Taker(permits)
    assert second.goes_on()
    third = Taker(permits)
    assert third.waits()
    first.take()
    assert first.goes_on()  # it kept its own
    assert third.waits()
    first.does(give_permit)
    assert third.goes_on()


def test_who_gave_the_permit_away_waits_like_everybody_else() -> None:
    permits = Permits(1)
    first = Taker(permits)
    assert first.goes_on()
    second = Taker(permits)
    first.does(give_permit)
    assert second.goes_on()
    first.take()
    assert first.waits()
    permits.give(second.number)
    assert first.goes_on()


def test_what_was_given_twice_counts_once() -> None:
    permits = Permits(1)
    first = Taker(permits)
    assert first.goes_on()
    first.does(give_permit)
    permits.give(first.number)
    second = Taker(permits)
    assert second.goes_on()
    third = Taker(permits)
    assert third.waits()
    permits.end(1)
    assert third.goes_on()


def test_who_answers_no_request_has_nothing_to_give() -> None:
    permits = Permits(1)
    thread = Thread(target=give_permit)
    thread.start()
    thread.join(PATIENCE)
    first = Taker(permits)
    assert first.goes_on()
    last = Taker(permits)
    assert last.waits()
    permits.end(1)
    assert last.goes_on()


def test_of_what_may_take_long_no_more_is_taken_than_there_is_place_for() -> None:
    ends, done = Event(), list[int]()
    apart = Apart(threads=1, most=2)

    def last_long() -> None:
        assert ends.wait(PATIENCE)
        done.append(1)

    assert [apart.takes(last_long) for _ in range(3)] == [True, True, False]
    ends.set()
    eventually(lambda: len(done) == 2 and apart.takes(last_long))
