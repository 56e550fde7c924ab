"""What several threads store at about the same time, stored at once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from db.database import Database, Parameters
from db.outages import FAILURES

# As much is to be had by waiting for 5 as for 20: docs/measurements.md.
GATHER_SECONDS = 0.005
# So long at most for the one that stores, as where a server that died is left for
# another one; then each stores alone.
STORE_SECONDS = 5.0


@dataclass(slots=True)
class _Lot:
    """What is stored at once; `counts`: rows that each wrote; None: it failed."""

    asked: list[Parameters] = field(default_factory=list)
    is_done: Event = field(default_factory=Event)
    counts: Sequence[int] | None = None


class Gathering:
    """Runs a statement for several threads in one transaction.

    Whoever comes first waits a moment for others, and runs it for all who came. Where
    that fails, each tries alone: what is wrong with one is no other's trouble. So it
    has to be a statement that may be repeated. Rows are taken in the order of what
    `key` names: processes that want the same ones don't wait for each other.

    A lot is as large as there are threads that wait for it. Each calls `aside` before:
    others may do something else meanwhile.
    """

    def __init__(
        self,
        database: Database,
        statement: str,
        key: str,
        seconds: float = GATHER_SECONDS,
        aside: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._statement = statement
        self._key = key
        self._seconds = seconds
        self._aside = aside
        self._open: _Lot | None = None
        self._lock = Lock()  # for what is open, and what is asked in it

    def count(self, parameters: Parameters) -> int:
        """Run the statement; return how many rows it wrote. Raises psycopg's errors."""
        lot, place = self._join(parameters)
        self._aside()
        if place == 0:
            time.sleep(self._seconds)
            self._store(lot)
        lot.is_done.wait(STORE_SECONDS)
        if lot.counts is None:
            return self._database.count(self._statement, parameters)
        return lot.counts[place]

    def _join(self, parameters: Parameters) -> tuple[_Lot, int]:
        with self._lock:
            lot = self._open = self._open or _Lot()
            lot.asked.append(parameters)
            return lot, len(lot.asked) - 1

    def _store(self, lot: _Lot) -> None:
        with self._lock:
            self._open = None  # nobody joins any more
        places = sorted(
            range(len(lot.asked)), key=lambda place: lot.asked[place][self._key]
        )
        try:
            ordered = [lot.asked[place] for place in places]
            counts = self._database.count_each(self._statement, ordered)
            found = dict(zip(places, counts, strict=True))
            lot.counts = [found[place] for place in range(len(places))]
        except FAILURES:
            return  # each finds out alone
        finally:
            lot.is_done.set()
