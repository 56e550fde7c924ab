"""How long a search takes in many chats, and what it costs those who write.

`python -m tests.bench.search --chats 100000`: some minutes, and some GB of disk.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import psycopg

from db import schema
from tests.bench.figures import Figure, Goal
from tests.bench.machine import describe
from tests.bench.past import ACTIVE_EVERY, MESSAGES, ONE, SOME, fill, word
from tests.bench.stage import Stage, set_up
from tests.bench.table import as_text
from tests.db.sql import opened

REPEATS = 15
APPENDS = 1000
CLOSINGS = 500
LOT = 50
THOROUGH = 20_000
BEFORE = "before_search"  # the same database, one migration earlier
SEARCH = "SELECT * FROM search_messages(%s, 20, %s)"
FEW = 300  # the default of search_messages
QUICK_ENOUGH = Goal("≤", 50)
QUERIES = {
    f"a word in one chat ({ONE})": ONE,
    f"a phrase in every 83rd ({SOME})": f'"{SOME}"',
    "a beginning (order271*)": "order271*",
    "a rare word of the vocabulary": word(15_000),
    "two rare words": f"{word(9_000)} {word(11_000)}",
}
COMMON = {
    "two words that seldom meet": f"{word(900)} {word(1_100)}",
    "a word in every chat": word(1),
    "a phrase of the two commonest words": f'"{word(1)} {word(2)}"',
}
APPEND = """
UPDATE userchats SET messages = messages || jsonb_build_array(jsonb_build_object(
  'role', 'user', 'content', 'Do you sell bread, and when do you open?',
  'timestamp', '2026-11-24T12:00:00.000+00:00'))
WHERE chat_id = %s
"""
CLOSE = "UPDATE userchats SET is_active = false WHERE chat_id = %s"
ACTIVE = "SELECT chat_id FROM userchats WHERE is_active ORDER BY chat_id"
HOT = """
SELECT n_tup_hot_upd::float / n_tup_upd FROM pg_stat_user_tables
WHERE relname = 'userchats'
"""
EXPLAINED = f"""
EXPLAIN (ANALYZE, BUFFERS) SELECT chat_id, updated_at FROM userchats
WHERE search_tsv @@ search_query('{ONE}') ORDER BY updated_at DESC
"""  # noqa: S608
CALLED = f"EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM search_messages('{ONE}')"  # noqa: S608


async def measure_search(stage: Stage, chats: int) -> list[Figure]:
    """Fill the database with so many chats; time searches, appends and closings."""
    return await asyncio.to_thread(_measure, stage, chats)


def _measure(stage: Stage, chats: int) -> list[Figure]:
    stage.empty()
    with stage.connect() as connection:
        fill(connection, chats)
        figures = [
            _searched(connection, *query, QUICK_ENOUGH) for query in QUERIES.items()
        ]
        figures += [_searched(connection, *query) for query in COMMON.items()]
        figures.append(_thorough(connection))
    return [*figures, *_written(stage)]


def _searched(
    connection: psycopg.Connection, name: str, words: str, goal: Goal | None = None
) -> Figure:
    times, rows = _timed(connection, words, FEW)
    told = f"worst {max(times):.1f} ms; {rows} rows"
    return Figure(f"search: {name}", median(times), "ms", goal, told)


def _thorough(connection: psycopg.Connection) -> Figure:
    times, _ = _timed(connection, ONE, THOROUGH)
    row = connection.execute(
        "SELECT count(*) FROM userchats WHERE is_active"
    ).fetchone()
    active = row[0] if row else 0
    return Figure(
        "search: the same in all active chats (bot chats search)", median(times), "ms",
        detail=f"{active:,} active chats of {MESSAGES} messages",
    )  # fmt: skip


def _timed(
    connection: psycopg.Connection, words: str, most_chats: int
) -> tuple[list[float], int]:
    """Return the milliseconds of each repeat, and how many rows came."""
    times, rows = [], 0
    for _ in range(REPEATS):
        began = time.perf_counter()
        rows = len(connection.execute(SEARCH, [words, most_chats]).fetchall())
        times.append(1000 * (time.perf_counter() - began))
    return times, rows


def _written(stage: Stage) -> Iterator[Figure]:
    """Compare with the same database one migration earlier, round by round."""
    with _before(stage) as before, stage.connect() as after:
        for connection in (before, after):
            connection.execute("SET synchronous_commit = off")
        old, new = _compare(before, after, APPEND, APPENDS)
        yield _ratio("append with search ÷ without", old, new, Goal("≤", 1.1))
        yield _hot(after)
        old, new = _compare(before, after, CLOSE, CLOSINGS)
        yield _ratio("closing a chat with search ÷ without", old, new)


def _ratio(
    name: str, old: Sequence[float], new: Sequence[float], goal: Goal | None = None
) -> Figure:
    told = (
        f"{median(new):.3f} ms, {median(old):.3f} ms (medians of {len(new):,}; worst "
        f"{max(new):.1f} ms, {max(old):.1f} ms)"
    )
    return Figure(name, median(new) / median(old), goal=goal, detail=told)


def _hot(connection: psycopg.Connection) -> Figure:
    connection.execute("SELECT pg_stat_force_next_flush()")
    row = connection.execute(HOT).fetchone()
    assert row is not None
    return Figure("appends that touch no index (HOT)", 100 * row[0], "%", Goal("≥", 95))


def _compare(
    before: psycopg.Connection, after: psycopg.Connection, statement: str, count: int
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each statement, in both databases by turns."""
    chats = [row[0] for row in after.execute(ACTIVE).fetchall()]
    times: tuple[list[float], list[float]] = ([], [])
    for start in range(0, min(count, len(chats)), LOT):
        for connection, told in zip((before, after), times, strict=True):
            for chat_id in chats[start : start + LOT]:
                began = time.perf_counter()
                connection.execute(statement.encode(), [chat_id])
                told.append(1000 * (time.perf_counter() - began))
    return times


@contextmanager
def _before(stage: Stage) -> Iterator[psycopg.Connection]:
    """Yield a connection to a copy of the database that has no search."""
    server, _, name = stage.database_url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {BEFORE} TEMPLATE {name}".encode())
        try:
            with opened(f"{server}/{BEFORE}") as copy:
                schema.downgrade(copy, "0005")
            with psycopg.connect(f"{server}/{BEFORE}", autocommit=True) as before:
                before.execute("VACUUM userchats")
                yield before
        finally:
            connection.execute(f"DROP DATABASE {BEFORE} WITH (FORCE)".encode())


def _explain(stage: Stage) -> Iterator[str]:
    with stage.connect() as connection:
        for statement in (EXPLAINED, CALLED):
            plan = connection.execute(statement.encode()).fetchall()
            yield "\n".join(["", statement.strip(), *(line for (line,) in plan)])


def main() -> None:
    """Measure, and print the table and the plans."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=100_000)
    chats = parser.parse_args().chats
    with set_up() as stage:
        with stage.connect() as connection:
            notes = describe(connection)
        notes.append(f"{chats:,} chats of {MESSAGES} messages, every {ACTIVE_EVERY}th "
                     "active; writes without waiting for the disk")  # fmt: skip
        figures = asyncio.run(measure_search(stage, chats))
        print(as_text(figures, notes), *_explain(stage), sep="\n", flush=True)


if __name__ == "__main__":
    main()
