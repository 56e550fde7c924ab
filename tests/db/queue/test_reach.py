"""A worker's looks begin where its last ones ended, and miss nothing for long."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from procrastinate.jobs import Job

from db.chats import PostgresChatStore
from db.database import Connection, Database
from db.queue.jobs import KNOWLEDGE
from db.queue.own_jobs import OwnJobs
from db.queue.reach import FULL_SECONDS, LONGEST_SECONDS, SHARE, SLACK, Reach
from db.queue.taking import TAKE_NEWER
from tests.db.queue.test_taking import fetch, worker
from tests.db.sql import change, opened, take_in, value
from tests.house import PATIENCE
from tests.records import ANA, BEN, said

AHEAD = "SELECT setval('procrastinate_jobs_id_seq', %(number)s)"
WAITING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, scheduled_at)
SELECT (ARRAY['answers', 'deliveries', 'knowledge'])[1 + n % 3], 'answer_chat',
  CASE WHEN random() < .8 THEN 'answer:' || (random() * 20)::int END, 'todo',
  CASE WHEN random() < .3 THEN now() + (random() - .5) * interval '1 hour' END
FROM generate_series(1, 60) AS n
"""
GIVE_WAY = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority)
SELECT 'deliveries', 'send_parts', CASE n % 2 WHEN 1 THEN -10 ELSE 0 END
FROM generate_series(1, 6) AS n
"""
FETCH_ONE = "SELECT id FROM fetch_newer_job(%(queues)s::varchar[], 1, %(since)s)"
IN_TURNS = """
INSERT INTO procrastinate_jobs (queue_name, task_name)
SELECT (ARRAY['answers', 'knowledge'])[1 + (n - 1) % 2], 'answer_chat'
FROM generate_series(1, 5) AS n
"""
# What a day of answers leaves, while nothing of it can be cleared away.
DONE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock)
SELECT 'answers', 'answer_chat', 'answer:' || n FROM generate_series(1, 5000) AS n
"""
PAGES = """
SELECT pg_stat_get_xact_blocks_fetched(indexrelid)
FROM pg_stat_user_indexes WHERE indexrelname = 'procrastinate_jobs_priority_idx_v1'
"""
FETCH = "SELECT id FROM procrastinate_fetch_job_v2(%(queues)s::varchar[], 1)"
FETCH_NEWER = """
SELECT id FROM fetch_newer_jobs(
  %(queues)s::varchar[], 1, %(since)s, %(most)s, '{}'::varchar[])
"""


LOOK: dict[str, Any] = {
    "queues": None,
    "worker_id": None,
    "since": 0,
    "most": 4,
    "named": [],
}


def job(number: int, priority: int = 0) -> Job:
    return Job(
        id=number, priority=priority, queue="answers", lock=None, queueing_lock=None,
        task_name="answer_chat",
    )  # fmt: skip


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reach(clock: Clock) -> Reach:
    """Return the reach of a worker that has found nothing up to job 1000."""
    reach = Reach(clock)
    assert reach.since() is None
    reach.note(None, [], 1000, 0.0)
    return reach


def test_the_next_look_begins_a_little_before_the_last_job(reach: Reach) -> None:
    assert reach.since() == 1000 - SLACK
    reach.note(reach.since(), [job(1500), job(1501)], None, 0.0)
    assert reach.since() == 1501 - SLACK


def test_now_and_then_one_looks_at_all(reach: Reach, clock: Clock) -> None:
    clock.now += FULL_SECONDS
    assert reach.since() is None


def test_from_what_that_finds_the_next_looks_go_on(reach: Reach) -> None:
    reach.note(None, [job(300), job(301)], None, 0.0)
    assert reach.since() == 301 - SLACK
    reach.note(reach.since(), [job(302), job(501)], None, 0.0)
    assert reach.since() == 501 - SLACK


def test_as_long_as_there_are_jobs_that_give_way_all_looks_look_for_them(
    reach: Reach,
) -> None:
    reach.note(reach.since(), [job(1001, -1)], None, 0.0)
    assert reach.since() is None
    reach.note(None, [job(1002, -1)], None, 0.0)
    assert reach.since() is None
    reach.note(None, [], 1100, 0.0)
    assert reach.since() == 1100 - SLACK


def test_a_slow_look_at_all_is_repeated_more_rarely(reach: Reach, clock: Clock) -> None:
    reach.note(None, [], 1000, 3 * SHARE)
    clock.now += 2.9
    assert reach.since() is not None
    reach.note(None, [], 1000, 60.0)  # however slow it is
    clock.now += LONGEST_SECONDS
    assert reach.since() is None


def test_what_is_free_again_is_found_behind_newer_jobs(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    old = take_in(pg, said("Hello", ANA))

    async def work() -> None:
        async with worker(database_url) as jobs:
            first = await soon(jobs)
            value(database, AHEAD, number=10_000)
            new = take_in(pg, said("Hello", BEN))
            assert (await soon(jobs)).task_kwargs == {"chat_id": new}
            await jobs.retry_job(first, datetime.now(UTC))
            assert (await soon(jobs)).task_kwargs == {"chat_id": old}

    asyncio.run(work())


async def soon(jobs: OwnJobs) -> Job:
    """Return the next job, which may take a look at all of them."""
    async with asyncio.timeout(PATIENCE):
        while not (found := (await fetch(jobs, 1))[0]):
            await asyncio.sleep(0.05)
    return found


def test_it_takes_what_procrastinate_would_take(database: Database) -> None:
    dice = random.Random(7)  # noqa: S311  (repeatable, no secret)
    for _ in range(10):
        with database.transaction() as connection:
            connection.count("SET LOCAL session_replication_role = replica")
            connection.count("DELETE FROM procrastinate_jobs")
            connection.count(WAITING)
        queues = dice.choice([None, ["answers"], ["deliveries", "knowledge"]])
        theirs = taken(database, FETCH, queues)
        assert len(theirs) > 1
        assert taken(database, FETCH_ONE, queues) == theirs  # by older workers
        for most in (1, 3, 100):
            assert taken(database, FETCH_NEWER, queues, most=most) == theirs
        since = theirs[len(theirs) // 2]
        newer = taken(database, FETCH_NEWER, queues, since=since, most=4)
        assert newer
        assert min(newer) >= since


def test_what_gives_way_comes_after_all_others(database: Database) -> None:
    change(database, GIVE_WAY)
    theirs = taken(database, FETCH, None)
    for most in (1, 4, 6):
        assert taken(database, FETCH_NEWER, None, most=most) == theirs
    assert theirs == [2, 4, 6, 1, 3, 5]


def test_none_is_taken_behind_a_job_of_a_queue_with_places_of_its_own(
    database: Database,
) -> None:
    change(database, IN_TURNS)
    look = {**LOOK, "named": [KNOWLEDGE]}
    looks = [database.rows(TAKE_NEWER, look) for _ in range(3)]
    assert [[row.queue_name for row in found] for found in looks] == [
        ["answers", "knowledge"],
        ["answers", "knowledge"],
        ["answers", None],
    ]


def test_what_another_worker_is_taking_is_not_waited_for(database: Database) -> None:
    change(database, IN_TURNS)
    with opened(database.url) as other, other.transaction() as taking:
        (first,) = taking.rows(TAKE_NEWER, {**LOOK, "most": 1})
        found = [row.id for row in database.rows(TAKE_NEWER, LOOK)]
        assert found == [first.id + number for number in range(1, 5)]


def taken(
    database: Database, statement: str, queues: list[str] | None, **asked: int
) -> list[int]:
    """Return what one takes look by look, and take all of it back."""
    how: dict[str, Any] = {"queues": queues, "since": 0, **asked}
    found: list[int] = []
    with database.transaction() as connection:
        connection.count("SET LOCAL session_replication_role = replica")
        while more := [row.id for row in connection.rows(statement, how) if row.id]:
            found += more
        connection.driver.rollback()
    return found


@pytest.fixture
def reader(database: Database) -> Iterator[Connection]:
    """Yield who holds a snapshot meanwhile, as a backup does."""
    with opened(database.url) as other, other.transaction(snapshot=True) as reading:
        reading.scalar("SELECT count(*) FROM procrastinate_jobs")
        yield reading


def test_what_a_backup_keeps_from_being_cleared_away_is_not_passed_again(
    database: Database, reader: Connection
) -> None:
    change(database, DONE)
    last = value(database, "SELECT max(id) FROM procrastinate_jobs")
    change(database, "DELETE FROM procrastinate_jobs")
    assert pages(database, FETCH) > 20
    assert pages(database, FETCH_NEWER, since=last - SLACK, most=1) < 10
    assert reader.scalar("SELECT 1")


def pages(database: Database, statement: str, **asked: Any) -> int:
    """Return how many pages of the index of waiting jobs a look reads."""
    with database.transaction() as connection:
        before = connection.scalar(PAGES)
        connection.scalar(statement, {"queues": None, **asked})
        return int(connection.scalar(PAGES) - before)
