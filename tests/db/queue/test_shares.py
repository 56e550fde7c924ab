"""A flood of documents holds up no answer: each kind of job has places of its own."""

import asyncio

from procrastinate.jobs import Job

from db.chats import PostgresChatStore
from db.database import Database
from db.knowledge.documents import Documents
from db.queue.app import build_queue
from db.queue.jobs import KNOWLEDGE, OTHER_QUEUES
from db.queue.shares import Shares
from db.records import NewDocument
from tests.db.sql import appears, take_in, value
from tests.records import ANA, BEN, said

SHARES = Shares({KNOWLEDGE: 2}, 1, OTHER_QUEUES)


def add(database: Database, amount: int) -> None:
    documents = Documents(database)
    for number in range(amount):
        documents.add(NewDocument(content=b"x", title=f"{number}"))


async def fetch(url: str, times: int) -> list[Job | None]:
    queue = build_queue(url, connections=1, shares=SHARES)
    async with queue.open_async():
        worker = await queue.job_manager.register_worker()
        return [
            await queue.job_manager.fetch_job(queues=None, worker_id=worker)
            for _ in range(times)
        ]


def test_documents_and_answers_have_places_of_their_own(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    add(database, 4)
    take_in(pg, said("Hello", ANA))
    take_in(pg, said("Hello", BEN))
    taken = asyncio.run(fetch(database_url, 5))
    queues = [job and job.queue for job in taken]
    assert queues == ["knowledge", "knowledge", "answers", None, None]


def test_the_next_document_is_taken_when_one_is_done(
    database: Database, database_url: str
) -> None:
    add(database, 9)

    async def work() -> None:
        queue = build_queue(database_url, connections=3, shares=SHARES)

        @queue.task(name="take_in_document", queue=KNOWLEDGE)
        async def take(document_id: int) -> None:
            await asyncio.sleep(0)

        async with queue.open_async():
            working = asyncio.create_task(
                queue.run_worker_async(
                    concurrency=3,
                    # Whoever waits for the next look alone would wait for long.
                    fetch_job_polling_interval=3600,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            )
            left = "SELECT count(*) = 0 FROM procrastinate_jobs"
            done = await asyncio.to_thread(appears, lambda: value(database, left))
            working.cancel()
            await asyncio.wait({working})
            assert done

    asyncio.run(work())
