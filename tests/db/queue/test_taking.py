"""A worker takes in one look what it has room for, and loses none of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from procrastinate.jobs import Job, Status

from db.chats import PostgresChatStore
from db.database import Database
from db.knowledge.documents import Documents
from db.queue.app import build_queue
from db.queue.jobs import KNOWLEDGE, OTHER_QUEUES
from db.queue.own_jobs import OwnJobs
from db.queue.shares import Shares
from db.queue.taking import MOST_AT_ONCE
from db.queue.wake_ups import NOTIFY, PAYLOAD
from db.records import NewDocument
from tests.db.cutting_proxy import cutting_proxy
from tests.db.sql import change, rows, take_in, values
from tests.records import ANA, BEN, said

SHARES = Shares({KNOWLEDGE: 1}, 8, OTHER_QUEUES)
PEOPLE = [f"whatsapp:+4915110000{number:03}" for number in range(20)]
STATUSES = "SELECT status::text FROM procrastinate_jobs ORDER BY id"
HELD = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
Work = Callable[[OwnJobs], Coroutine[Any, Any, None]]


@asynccontextmanager
async def worker(url: str, shares: Shares = SHARES) -> AsyncIterator[OwnJobs]:
    queue = build_queue(url, connections=1, shares=shares)
    async with queue.open_async():
        assert isinstance(queue.job_manager, OwnJobs)
        await queue.job_manager.register_worker()
        yield queue.job_manager


def write(store: PostgresChatStore, amount: int) -> list[str]:
    return [take_in(store, said("Hello", one)) for one in PEOPLE[:amount]]


async def fetch(jobs: OwnJobs, times: int) -> list[Job | None]:
    return [await jobs.fetch_job(None, 0) for _ in range(times)]


def chats(taken: list[Job | None]) -> list[Any]:
    return [job and job.task_kwargs.get("chat_id") for job in taken]


def test_one_look_brings_what_waits_and_that_nothing_is_left(
    pg: PostgresChatStore, database_url: str
) -> None:
    waiting = write(pg, 3)

    async def work(url: str) -> int:
        async with worker(url) as jobs:
            before = proxy.requests
            assert chats(await fetch(jobs, 4)) == [*waiting, None]
            return proxy.requests - before

    with cutting_proxy(database_url) as (proxy, url):
        assert asyncio.run(work(url)) == 1


def test_who_asks_again_after_nothing_is_told_anew(
    pg: PostgresChatStore, database_url: str
) -> None:
    async def work() -> None:
        async with worker(database_url) as jobs:
            first = take_in(pg, said("Hello", ANA))
            assert chats(await fetch(jobs, 2)) == [first, None]
            second = take_in(pg, said("Hello", BEN))
            assert chats(await fetch(jobs, 1)) == [second]

    asyncio.run(work())


def test_what_is_heard_of_is_looked_for_though_nothing_was_left(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    async def work() -> None:
        heard = asyncio.Event()

        async def hear(**_: object) -> None:
            heard.set()

        queue = build_queue(database_url, connections=1, shares=SHARES)
        async with queue.open_async():
            jobs = queue.job_manager
            await jobs.register_worker()
            listening = asyncio.create_task(jobs.listen_for_jobs(on_notification=hear))
            while not heard.is_set():  # until it listens
                change(database, NOTIFY, **PAYLOAD)
                await asyncio.sleep(0.01)
            heard.clear()
            first = take_in(pg, said("Hello", ANA))
            taken = [await jobs.fetch_job(None, 0)]
            second = take_in(pg, said("Hello", BEN))
            change(database, NOTIFY, **PAYLOAD)
            await heard.wait()
            taken.append(await jobs.fetch_job(None, 0))
            assert chats(taken) == [first, second]
            listening.cancel()
            await asyncio.wait({listening})

    asyncio.run(work())


def test_of_one_users_jobs_one_look_takes_the_first(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    anas = {take_in(pg, said(f"{number}", ANA)) for number in range(5)}
    bens = take_in(pg, said("Hello", BEN))

    async def work() -> None:
        async with worker(database_url) as jobs:
            assert chats(await fetch(jobs, 3)) == [*anas, bens, None]

    asyncio.run(work())
    assert values(database, STATUSES) == ["doing", *["todo"] * 4, "doing"]


@pytest.mark.parametrize("places", [1, 2, 8])
def test_a_look_takes_no_more_than_there_is_room_for(
    database: Database, pg: PostgresChatStore, database_url: str, places: int
) -> None:
    write(pg, 10)

    async def work() -> None:
        shares = Shares({KNOWLEDGE: 1}, places, OTHER_QUEUES)
        async with worker(database_url, shares) as jobs:
            await jobs.fetch_job(None, 0)
            taken = values(database, STATUSES).count("doing")
            assert taken == min(places, MOST_AT_ONCE)
            await fetch(jobs, 12)
            assert values(database, STATUSES).count("doing") == places

    asyncio.run(work())


def test_documents_take_no_place_of_another_document(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    for number in range(3):
        Documents(database).add(NewDocument(content=b"x", title=f"{number}"))
    write(pg, 2)

    async def work() -> None:
        async with worker(database_url) as jobs:
            queues = [job and job.queue for job in await fetch(jobs, 5)]
            assert queues == ["knowledge", "answers", "answers", None, None]

    asyncio.run(work())


def test_what_was_taken_unheard_is_taken_up_again(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    waiting = write(pg, 3)

    async def work(url: str) -> None:
        async with worker(url) as jobs:
            proxy.word = b"procrastinate_fetch_job"
            assert await jobs.fetch_job(None, 0) is None
            assert values(database, STATUSES) == ["doing"] * 3
            taken: list[Job | None] = []

            async def found() -> bool:
                taken.extend(filter(None, await fetch(jobs, 1)))
                return len(taken) == len(waiting)

            async with asyncio.timeout(20):
                while not await found():
                    await asyncio.sleep(0.05)
            assert sorted(chats(taken)) == sorted(waiting)
            assert rows(database, HELD) == [("doing", 1)] * 3

    with cutting_proxy(database_url) as (proxy, url):
        asyncio.run(work(url))


def test_what_a_worker_took_and_did_not_begin_is_given_back_at_its_end(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    write(pg, 3)

    async def work() -> None:
        async with worker(database_url) as jobs:
            job = await jobs.fetch_job(None, 0)
            assert job
            await jobs.rescue()  # what is not begun is its own all the same
            assert values(database, STATUSES) == ["doing"] * 3
            await jobs.finish_job(job, Status.SUCCEEDED, delete_job=True)
            await jobs.unregister_worker(0)
            assert rows(database, HELD) == [("todo", 1)] * 2

    asyncio.run(work())
