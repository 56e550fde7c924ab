"""An hour of answers, as fast as they go: do tables stay bounded, and the pace?

For the middle third a transaction holds a snapshot, as a backup does, and nothing that
died meanwhile can be cleared away.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from db.queue.reach import Reach
from tests.bench.figures import Figure, Goal
from tests.bench.scale import made
from tests.bench.scale_data import ALMOST_EMPTY
from tests.bench.scale_talk import Talk
from tests.bench.scale_watch import WatchedDatabase
from tests.bench.stage import Stage
from tests.bench.webhooks import address_of

THIRDS = ("first", "second", "third")
KEPT_FULL = ("users", "userchats", "inbound_messages", "reply_parts")
# The launcher's pace, in which an hour is a minute or more.
HASTY = "ALTER SYSTEM SET autovacuum_naptime = '1s'"
CALM = "ALTER SYSTEM RESET autovacuum_naptime"
RELOAD = "SELECT pg_reload_conf()"
SIZES = """
SELECT relname, pg_table_size(relid) / 1e6::float AS heap,
  pg_indexes_size(relid) / 1e6::float AS indexes
FROM pg_stat_user_tables WHERE relname = ANY (%(tables)s) ORDER BY relname
"""
QUEUE = ("procrastinate_events", "procrastinate_jobs")
MOST_MEGABYTES = Goal("≤", 25)
BESIDE_A_SNAPSHOT = Goal("≥", 0.5)


async def measure_hour(stage: Stage, answers: int) -> list[Figure]:
    """Answer so often; tell how large tables are after each third of it."""
    return await asyncio.to_thread(count_an_hour, stage, answers)


def count_an_hour(stage: Stage, answers: int) -> list[Figure]:
    """Answer; return a figure for each table, and one for the pace."""
    with made(stage, "scale_hour", ALMOST_EMPTY) as database, _hasty(stage):
        talk = Talk(database, ALMOST_EMPTY, Reach())
        sizes, rates = [], []
        for third in THIRDS:
            with _holding(database) if third == "second" else _nothing():
                rates.append(_answer(talk, answers // len(THIRDS)))
            sizes.append(_sizes_of(database))
    tables = (*QUEUE, *KEPT_FULL)
    return [
        *(_figure(table, [size[table] for size in sizes], answers) for table in tables),
        _figure_of_pace(rates),
    ]


def _answer(talk: Talk, answers: int) -> float:
    """Answer so often, one after another; return how many a second."""
    began = time.monotonic()
    for number in range(answers):
        talk.converse(address_of(number * 7 % ALMOST_EMPTY.active))
    return answers / (time.monotonic() - began)


def _figure(table: str, sizes: list[tuple[float, float]], answers: int) -> Figure:
    told = "; ".join(
        f"{third} third {heap:.1f} + {indexes:.1f}"
        for third, (heap, indexes) in zip(THIRDS, sizes, strict=True)
    )
    return Figure(
        f"hour: {table}", sum(sizes[-1]), "MB",
        MOST_MEGABYTES if table in QUEUE else None,
        f"table + indexes after the {told}; {answers:,} answers",
    )  # fmt: skip


def _figure_of_pace(rates: list[float]) -> Figure:
    told = ", ".join(
        f"{third} third {rate:.0f}" for third, rate in zip(THIRDS, rates, strict=True)
    )
    return Figure(
        "hour: answers a second beside a snapshot ÷ before it", rates[1] / rates[0],
        goal=BESIDE_A_SNAPSHOT, detail=f"one after another: {told}",
    )  # fmt: skip


def _sizes_of(database: WatchedDatabase) -> dict[str, tuple[float, float]]:
    asked = {"tables": [*QUEUE, *KEPT_FULL]}
    return {
        name: (heap, indexes) for name, heap, indexes in database.rows(SIZES, asked)
    }


@contextmanager
def _holding(database: WatchedDatabase) -> Iterator[None]:
    with psycopg.connect(database.url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM users")
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _hasty(stage: Stage) -> Iterator[None]:
    with stage.connect() as connection:
        for statement in (HASTY, RELOAD):
            connection.execute(statement.encode())
        yield
        for statement in (CALM, RELOAD):
            connection.execute(statement.encode())
