"""Workers that wait are woken beside the transactions, and again after a cut."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import psycopg
import pytest
from procrastinate.jobs import Job

from db.chats import PostgresChatStore
from db.database import Database
from db.pool import conninfo
from db.queue.app import build_queue
from db.queue.jobs import ANSWER_CHAT, ANSWERS
from db.queue.wake_ups import NOTIFY, PAYLOAD, WakeUps
from tests.db.cutting_proxy import cutting_proxy
from tests.db.sql import change, take_in, value
from tests.house import PATIENCE, eventually
from tests.records import said

CHANNEL = "procrastinate_any_queue_v1"
DAY = timedelta(days=1)
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND query LIKE 'SELECT pg_notify%'
"""
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('upkeep', 'retention')
"""


@contextmanager
def listening(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield connection


def hears(connection: psycopg.Connection, seconds: float) -> list[psycopg.Notify]:
    return list(connection.notifies(timeout=seconds, stop_after=1))


@pytest.mark.parametrize("wakes", [True, False])
def test_a_message_wakes_workers_once_it_is_stored(
    database: Database, database_url: str, wakes: bool
) -> None:
    ring = WakeUps(database_url).ring if wakes else lambda: None
    store = PostgresChatStore(database, DAY, ring)
    with listening(database_url) as connection:
        take_in(store, said("Hello"))
        assert bool(hears(connection, PATIENCE if wakes else 0.5)) == wakes


def test_who_gets_the_connection_next_waits_for_the_disk(database_url: str) -> None:
    with listening(database_url) as bell, listening(database_url) as hearing:
        bell.execute(NOTIFY, PAYLOAD)
        assert hears(hearing, PATIENCE)
        assert bell.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_bell_whose_connection_was_cut_rings_again(
    database: Database, database_url: str
) -> None:
    wake_ups = WakeUps(database_url)

    def is_heard() -> bool:
        wake_ups.ring()
        return bool(hears(connection, 0.5))

    with listening(database_url) as connection:
        assert eventually(is_heard)
        assert change(database, END_OTHERS) == 1
        assert eventually(is_heard)


def test_a_worker_that_hardly_looks_hears_of_a_message(
    database: Database, database_url: str
) -> None:
    store = PostgresChatStore(database, DAY, WakeUps(database_url).ring)
    answered = Event()

    async def work_until_answered() -> None:
        queue = build_queue(database_url, connections=3)

        @queue.task(name=ANSWER_CHAT, queue=ANSWERS)
        def answer_chat(chat_id: str) -> None:
            answered.set()

        async with queue.open_async(), asyncio.timeout(PATIENCE):
            worker = asyncio.create_task(
                queue.run_worker_async(
                    fetch_job_polling_interval=3600, install_signal_handlers=False
                )
            )
            await asyncio.to_thread(eventually, lambda: is_waiting(database))
            await asyncio.to_thread(take_in, store, said("Hello"))
            assert await asyncio.to_thread(answered.wait, PATIENCE)
            worker.cancel()
            await asyncio.wait([worker])

    asyncio.run(work_until_answered())


def test_a_job_that_came_during_an_empty_look_is_found_by_it(
    database: Database, database_url: str
) -> None:
    looked, heard = Event(), Event()

    def comes_late() -> bool:
        looked.set()
        return heard.wait(PATIENCE)

    async def note(**_: object) -> None:
        heard.set()

    async def look(url: str) -> Job | None:
        queue = build_queue(url, connections=1)
        jobs = queue.job_manager
        async with queue.open_async():
            hearing = asyncio.create_task(jobs.listen_for_jobs(on_notification=note))
            await asyncio.to_thread(eventually, lambda: is_waiting(database))
            worker = await jobs.register_worker()
            proxy.word, proxy.lets_pass = b"procrastinate_fetch_job", comes_late
            looking = asyncio.create_task(jobs.fetch_job(None, worker))
            assert await asyncio.to_thread(looked.wait, PATIENCE)
            await asyncio.to_thread(change, database, DEFER)
            found = await looking
            hearing.cancel()
            await asyncio.wait([hearing])
            return found

    with cutting_proxy(database_url) as (proxy, url):
        assert asyncio.run(look(url))


def is_waiting(database: Database) -> bool:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND starts_with(query, 'LISTEN') AND query LIKE %(channel)s"
    )
    return bool(value(database, query, channel=f"%{CHANNEL}%"))
