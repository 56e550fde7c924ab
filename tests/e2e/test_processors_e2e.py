"""Where the running bot's threads may run."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from bot.processors import ALLOWED
from tests.house import House, eventually

pytestmark = pytest.mark.skipif(
    len(ALLOWED) < 2, reason="needs Linux and two processors"
)


def processors_of_threads(pid: int) -> list[set[int]]:
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has just ended
            found.append(os.sched_getaffinity(int(thread.name)))
    return found


def test_a_worker_that_has_answered_keeps_to_one_processor(
    database_house: House,
) -> None:
    ana = database_house.phone()
    ana.says("When do you open?")
    ana.hears()

    def is_on_one() -> bool:
        all_of_them = processors_of_threads(database_house.pid("worker"))
        kept = [some for some in all_of_them if some != ALLOWED]
        # Some of the first threads, of tools and numbers, are free.
        return len(kept) > len(all_of_them) / 2 and kept == [kept[0]] * len(kept)

    eventually(is_on_one)  # a move takes an instant
    assert all(
        some == ALLOWED
        for pid in database_house.children("web")
        for some in processors_of_threads(pid)
    )
