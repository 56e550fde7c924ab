"""Who fetched a job is who ends it, whatever becomes of connections and workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from procrastinate.jobs import Job, Status

from db.chats import PostgresChatStore
from db.database import Database
from db.queue.app import build_queue
from db.queue.jobs import ANSWER_CHAT
from db.queue.own_jobs import OwnJobs
from tests.db.cutting_proxy import cutting_proxy
from tests.db.sql import change, rows, take_in, value, values
from tests.house import PATIENCE
from tests.records import BEN, said

JOBS = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
NOTES = "SELECT type::text FROM procrastinate_events ORDER BY id"
GO_SILENT = """
UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'
"""
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock)
VALUES ('upkeep', 'retention', 'retention')
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE '%procrastinate_fetch_job%'
  AND pid <> pg_backend_pid()
"""
TAKE_BACK = "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL"
# Deferred, so that it sees what holds when its transaction is committed.
NOTE_COMMITS = """
CREATE TABLE commits (place bigint GENERATED ALWAYS AS IDENTITY, durably text);
CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO commits (durably) VALUES (current_setting('synchronous_commit'));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_commit AFTER INSERT OR UPDATE OR DELETE
ON procrastinate_jobs DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION note_commit();
"""


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[OwnJobs]:
    queue = build_queue(url, connections=1)
    async with queue.open_async():
        assert isinstance(queue.job_manager, OwnJobs)
        await queue.job_manager.register_worker()
        yield queue.job_manager


async def fetch(jobs: OwnJobs) -> Job:
    """Return the next job, as a worker comes by it: by looking until there is one."""
    async with asyncio.timeout(PATIENCE):
        while (job := await jobs.fetch_job(None, 0)) is None:
            await asyncio.sleep(0.05)
    return job


def test_a_job_whose_fetching_was_not_heard_of_is_taken_up_again(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work(url: str) -> tuple[Job | None, Job]:
        async with worker(url) as jobs:
            proxy.word = b"procrastinate_fetch_job"
            return await jobs.fetch_job(None, 0), await fetch(jobs)

    with cutting_proxy(database_url) as (proxy, url):
        unheard, job = asyncio.run(work(url))
    assert unheard is None
    assert (job.task_name, job.attempts) == (ANSWER_CHAT, 1)
    assert rows(database, JOBS) == [("doing", 1)]


def test_an_end_that_was_not_heard_of_ends_nothing_else(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work(url: str) -> None:
        async with worker(url) as jobs, worker(database_url) as other:
            job = await fetch(jobs)
            proxy.word = b"procrastinate_retry_job"
            await jobs.retry_job(job, datetime.now(UTC))  # tried twice
            again = await fetch(other)
            assert (again.id, again.attempts) == (job.id, 1)
            await jobs.finish_job(job, Status.SUCCEEDED, delete_job=True)
            assert rows(database, JOBS) == [("doing", 1)]

    with cutting_proxy(database_url) as (proxy, url):
        asyncio.run(work(url))


def test_what_a_worker_holds_it_does_not_take_over_from_itself(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work() -> None:
        async with worker(database_url) as jobs:
            job = await fetch(jobs)
            change(database, GO_SILENT)  # as after a long outage
            await jobs.rescue()
            assert rows(database, JOBS) == [("doing", 0)]
            await jobs.finish_job(job, Status.SUCCEEDED, delete_job=True)
            assert rows(database, JOBS) == []

    asyncio.run(work())


def test_after_an_outage_the_others_get_a_moment_to_show_that_they_live(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work(url: str) -> None:
        async with worker(url) as jobs, worker(database_url) as other:
            job = await fetch(other)
            change(database, GO_SILENT)
            proxy.word = b"procrastinate_fetch_job"
            assert await jobs.fetch_job(None, 0) is None  # jobs's outage ...
            assert await jobs.fetch_job(None, 0) is None  # ... is over
            await jobs.rescue()
            assert rows(database, JOBS) == [("doing", 0)]
            await other.update_heartbeat(0)
            await other.finish_job(job, Status.SUCCEEDED, delete_job=True)

    with cutting_proxy(database_url) as (proxy, url):
        asyncio.run(work(url))
    assert rows(database, JOBS) == []


def test_a_worker_that_was_thought_dead_goes_on_as_a_new_one(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work() -> None:
        async with worker(database_url) as jobs:
            job = await fetch(jobs)
            assert change(database, "DELETE FROM procrastinate_workers") == 1
            await jobs.update_heartbeat(0)
            assert values(database, "SELECT id FROM procrastinate_workers")
            take_in(pg, said("Hello", BEN))
            other = await fetch(jobs)
            for done in (job, other):
                await jobs.finish_job(done, Status.SUCCEEDED, delete_job=True)
            await jobs.rescue()  # the first one was no longer its own to end
            assert rows(database, JOBS) == [("todo", 1)]

    asyncio.run(work())


def test_a_dead_workers_job_gives_way_to_the_next_one_of_its_schedule(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    async def work() -> None:
        async with worker(database_url) as dead, worker(database_url) as jobs:
            change(database, DEFER)
            take_in(pg, said("Hello"))
            for _ in range(2):
                await fetch(dead)
            change(database, DEFER)
            change(database, GO_SILENT)
            await jobs.rescue()

    asyncio.run(work())
    assert value(database, "SELECT count(*) FROM procrastinate_jobs") == 2
    assert rows(database, JOBS) == [("todo", 1), ("todo", 0)]


def test_a_connection_that_the_server_ended_costs_no_look(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    async def work() -> Job | None:
        async with worker(database_url) as jobs:
            assert await jobs.fetch_job(None, 0) is None
            assert values(database, END_OTHERS) == [True]
            take_in(pg, said("Hello"))
            return await jobs.fetch_job(None, 0)

    assert asyncio.run(work())


def test_a_job_is_fetched_and_ended_in_one_round_trip_each(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work(url: str) -> int:
        async with worker(url) as jobs:
            before = proxy.requests
            job = await fetch(jobs)
            await jobs.finish_job(job, Status.SUCCEEDED, delete_job=True)
            return proxy.requests - before

    with cutting_proxy(database_url) as (proxy, url):
        assert asyncio.run(work(url)) == 2
    assert rows(database, JOBS) == []


def test_only_fetching_and_ending_a_job_does_not_wait_for_the_disk(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    change(database, NOTE_COMMITS)
    take_in(pg, said("Hello"))

    async def work() -> None:
        async with worker(database_url) as jobs:  # over one connection
            await jobs.retry_job(await fetch(jobs), datetime.now(UTC))
            again = await fetch(jobs)
            await jobs.finish_job(again, Status.SUCCEEDED, delete_job=True)

    asyncio.run(work())
    commits = values(database, "SELECT durably FROM commits ORDER BY place")
    taken_in, fetched, retried, *ended = commits
    assert (taken_in, fetched, retried) == ("on", "off", "on")
    assert set(ended) == {"off"}


def test_a_job_whose_fetching_a_crash_took_back_is_ended_once(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work() -> None:
        async with worker(database_url) as jobs:
            first = await fetch(jobs)
            change(database, TAKE_BACK)
            second = await fetch(jobs)
            assert (second.id, second.attempts) == (first.id, first.attempts)
            await jobs.finish_job(first, Status.SUCCEEDED, delete_job=True)
            await jobs.finish_job(second, Status.SUCCEEDED, delete_job=True)
            assert await jobs.fetch_job(None, 0) is None

    asyncio.run(work())
    assert rows(database, JOBS) == []


def test_only_what_goes_wrong_with_a_job_is_noted(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))

    async def work() -> None:
        async with worker(database_url) as jobs:
            job = await fetch(jobs)
            assert values(database, NOTES) == []
            await jobs.retry_job(job, datetime.now(UTC))
            assert values(database, NOTES) == ["deferred_for_retry"]
            await jobs.finish_job(await fetch(jobs), Status.FAILED, delete_job=False)

    asyncio.run(work())
    assert values(database, NOTES) == ["deferred_for_retry", "failed"]
