"""Is a statement as quick with a million people as with a few?

The bot's own store, outbox, queue and retention run against two databases by turns, one
full and one almost empty; what is compared are the medians of each call's statements.
"""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from statistics import median

import psycopg

from db import schema
from tests.bench.figures import Figure, Goal
from tests.bench.scale_data import ALMOST_EMPTY, Size, fill
from tests.bench.scale_talk import Talk
from tests.bench.scale_upkeep import keep_up
from tests.bench.scale_watch import WatchedDatabase
from tests.bench.stage import Stage
from tests.db.sql import opened

ROUNDS = 300
HOT = Goal("≤", 1.3)
WITHIN_A_SECOND = Goal("≤", 1000)
# With room for the write-ahead log beside it.
BYTES_A_ROW = 2_500
FETCHED = "fetch_job"
HALF_A_MILLISECOND = Goal("≤", 0.5)


async def measure_scale(stage: Stage, size: Size) -> list[Figure]:
    """Compare each hot call and each upkeep statement on a full and an empty database.

    Raises OSError where the disk has too little room.
    """
    return await asyncio.to_thread(compare, stage, size, ROUNDS)


def compare(stage: Stage, size: Size, rounds: int) -> list[Figure]:
    """Run so many rounds on both, then an hour's upkeep."""
    with ExitStack() as stack:
        full, empty = (
            (stack.enter_context(made(stage, name, rows)), rows)
            for name, rows in (("scale_full", size), ("scale_empty", ALMOST_EMPTY))
        )
        talks = [Talk(*full), Talk(*empty)]
        for number in range(rounds):
            for talk in talks[:: 1 if number % 2 else -1]:
                talk.go_on()
        figures = [*_hot(full[0], empty[0])]
        hot = set(full[0].calls)
        for database, _ in (full, empty):
            keep_up(database)
        upkeep = [name for name in full[0].calls if name not in hot]
        return [*figures, *_upkeep(full[0], empty[0], upkeep)]


@contextmanager
def made(stage: Stage, name: str, size: Size) -> Iterator[WatchedDatabase]:
    """Make a database of a size, and drop it in the end."""
    rows = sum(getattr(size, kind) for kind in Size.__slots__)
    room = shutil.disk_usage(stage.folder).free
    if room < rows * BYTES_A_ROW:
        raise OSError(f"{rows * BYTES_A_ROW / 1e9:.0f} GB of disk are needed")
    server = stage.database_url.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            with opened(f"{server}/{name}") as database:
                schema.upgrade(database)
            with psycopg.connect(f"{server}/{name}", autocommit=True) as filled:
                fill(filled, size)
            connection.execute("CHECKPOINT")
            with closing(WatchedDatabase(f"{server}/{name}")) as watched:
                yield watched
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _hot(full: WatchedDatabase, empty: WatchedDatabase) -> Iterator[Figure]:
    for name, calls in full.calls.items():
        times = (calls.seconds, empty.calls[name].seconds)
        ours, theirs = (1000 * median(seconds) for seconds in times)
        told = f"{ours:.2f} ms, {theirs:.2f} ms (medians of {len(calls.seconds)})"
        told += f"; {full.plan_of(name)}"
        yield Figure(f"scale: {name}", ours / theirs, "", HOT, told)
        if name == FETCHED:
            yield Figure(f"scale: {name}, alone", ours, "ms", HALF_A_MILLISECOND, told)


def _upkeep(
    full: WatchedDatabase, empty: WatchedDatabase, names: Sequence[str]
) -> Iterator[Figure]:
    """Tell of each upkeep's slowest statement, and how long all of them took."""
    for name in names:
        calls = full.calls[name]
        ours, theirs = (1000 * c.slowest for c in (calls, empty.calls[name]))
        whole = median(calls.seconds)
        told = f"{theirs:.1f} ms; by the clock {1000 * calls.longest:.0f} ms"
        told += f"; all of it {whole:.2f} s"
        yield Figure(
            f"scale: {name}", ours, "ms", WITHIN_A_SECOND,
            f"{told}; {full.plan_of(name)}",
        )  # fmt: skip
