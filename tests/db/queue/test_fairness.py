"""One user's flood holds up nobody else: jobs of others are found at once."""

import asyncio
from datetime import timedelta

from procrastinate.jobs import Job

from db.chats import PostgresChatStore
from db.database import Database
from db.queue.app import build_queue
from tests.db.sql import load, take_in, values
from tests.records import ANA, BEN, answer_to, said

FLOOD = 1000


def test_a_thousand_messages_of_one_user_do_not_delay_another(
    database: Database, database_url: str
) -> None:
    store = PostgresChatStore(database, timedelta(days=1))
    for number in range(FLOOD):
        flood = take_in(store, said(f"{number}", ANA))
    bens = take_in(store, said("just one", BEN))
    first, second, third = asyncio.run(fetch(database_url, 3))
    assert first is not None
    assert first.lock == f"answer:{load(store, flood).user_id}"
    assert second is not None
    assert second.task_kwargs == {"chat_id": bens}
    assert third is None  # the flood's jobs wait for each other


def test_who_answers_a_flood_leaves_no_jobs_of_it_behind(
    database: Database, database_url: str
) -> None:
    store = PostgresChatStore(database, timedelta(days=1))
    flood = [said(f"{number}", ANA) for number in range(5)]
    (anas,) = {take_in(store, message) for message in flood}
    bens = take_in(store, said("just one", BEN))
    asyncio.run(fetch(database_url, 1))
    assert store.record_reply(anas, answer_to(*flood))
    jobs = "SELECT args ->> 'chat_id' FROM procrastinate_jobs ORDER BY id"
    assert values(database, jobs) == [anas, bens]  # the first: the job in hand


async def fetch(url: str, times: int) -> list[Job | None]:
    queue = build_queue(url, connections=1)
    async with queue.open_async():
        worker = await queue.job_manager.register_worker()
        return [
            await queue.job_manager.fetch_job(queues=None, worker_id=worker)
            for _ in range(times)
        ]
