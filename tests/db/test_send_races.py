"""Whoever dies, freezes or comes back: what is unsettled has a job, and one sender."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from procrastinate.jobs import Job, Status

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.queue.app import build_queue
from db.queue.jobs import ANSWER_CHAT, ANSWERS
from tests.db.parts import again, claim, replied
from tests.db.sql import (
    appears,
    change,
    end_backend,
    holding,
    load,
    rows,
    take_in,
    waiting_backends,
)
from tests.house import PATIENCE
from tests.records import answer_to, said

JOBS = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"


class Crew:
    """Workers of one queue, each step of theirs when the test says so."""

    def __init__(self, url: str) -> None:
        self._queue = build_queue(url, connections=1)
        self._runner = asyncio.Runner()
        self._runner.run(self._open())

    async def _open(self) -> None:
        await self._queue.open_async()

    def fetches(self) -> Job:
        """Have a new worker fetch a job."""
        return self._runner.run(self._fetch())

    async def _fetch(self) -> Job:
        worker = await self._queue.job_manager.register_worker()
        found = await self._queue.job_manager.fetch_job(None, worker)
        assert found is not None
        return found

    def gives_back(self, job: Job) -> None:
        """Take a job from a worker that is thought dead, or that wants another try."""
        self._runner.run(self._queue.job_manager.retry_job(job))

    def finishes(self, job: Job) -> None:
        manager = self._queue.job_manager
        self._runner.run(manager.finish_job(job, Status.SUCCEEDED, delete_job=True))

    def close(self) -> None:
        self._runner.run(self._queue.close_async())
        self._runner.close()


@pytest.fixture
def crew(database_url: str) -> Iterator[Crew]:
    crew = Crew(database_url)
    yield crew
    crew.close()


def test_a_job_taken_from_a_frozen_worker_stays_when_that_goes_on(
    database: Database, pg: PostgresChatStore, crew: Crew
) -> None:
    chat_id = take_in(pg, said("Hello"))
    crew.gives_back(crew.fetches())
    load(pg, chat_id)  # by the worker that was frozen; next it is killed
    assert rows(database, JOBS) == [("todo", 1)]


def test_a_message_keeps_its_job_until_it_is_settled(
    database: Database, pg: PostgresChatStore, crew: Crew
) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(pg, first)
    held = crew.fetches()
    take_in(pg, second)
    load(pg, chat_id)
    pg.record_reply(chat_id, answer_to(first))
    crew.finishes(held)
    assert crew.fetches().task_kwargs == {"chat_id": chat_id}


def test_what_answers_everything_in_a_chat_drops_the_jobs_that_wait(
    database: Database, pg: PostgresChatStore, crew: Crew
) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(pg, first)
    crew.fetches()
    take_in(pg, second)
    pg.record_reply(chat_id, answer_to(first, second))
    assert rows(database, JOBS) == [("doing", 0)]


def test_parts_of_a_worker_that_lost_its_job_keep_one(
    database: Database, pg: PostgresChatStore, crew: Crew
) -> None:
    first, second = said("one"), said("two")
    chat_id = take_in(pg, first)
    held = crew.fetches()
    take_in(pg, second)
    crew.finishes(held)
    pg.record_reply(chat_id, answer_to(first, second))  # and then it is killed
    assert rows(database, JOBS) == [("todo", 0)]


def test_a_worker_that_was_thought_dead_ends_no_job_of_another(
    database: Database, pg: PostgresChatStore, crew: Crew
) -> None:
    take_in(pg, said("Hello"))
    frozen = crew.fetches()
    crew.gives_back(frozen)
    running = crew.fetches()
    crew.finishes(frozen)
    crew.gives_back(frozen)
    assert rows(database, JOBS) == [("doing", 1)]
    crew.finishes(running)
    assert rows(database, JOBS) == []


def test_a_job_is_ended_though_the_connection_broke_just_then(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    take_in(pg, said("Hello"))
    answered = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        begun = threading.Event()
        worker = thread.submit(work, database_url, begun, answered)
        assert begun.wait(PATIENCE)
        with holding(database, "SELECT 1 FROM procrastinate_jobs FOR UPDATE"):
            answered.set()
            assert appears(lambda: waiting_backends(database))
            end_backend(database, waiting_backends(database)[0])
        worker.result(PATIENCE)
    assert rows(database, JOBS) == []


def work(url: str, begun: threading.Event, answered: threading.Event) -> None:
    """Be a worker that runs one job, until it is ended or can't be."""
    queue = build_queue(url, connections=2)

    @queue.task(name=ANSWER_CHAT, queue=ANSWERS)
    def answer_chat(chat_id: str) -> None:
        begun.set()
        assert answered.wait(PATIENCE)

    async def run() -> None:
        async with queue.open_async():
            await queue.run_worker_async(
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                delete_jobs="successful",
            )

    asyncio.run(run())


def test_who_was_thought_dead_does_not_free_what_another_worker_sends(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    frozen = claim(outbox, part)
    assert frozen
    outbox.release_part(frozen.part)  # the job that took over found nothing sent
    sending = claim(outbox, part)
    assert sending
    assert (frozen.part.attempts, sending.part.attempts) == (1, 2)
    outbox.release_part(frozen.part, 20429)
    outbox.record_uncertain(frozen.part)
    assert again(outbox, part).status == "sending"


def test_a_late_release_does_not_undo_a_failure(
    pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    found = claim(outbox, part)
    assert found
    outbox.record_failed(found.part, 63016)
    outbox.release_part(found.part, 20429)
    outbox.record_uncertain(found.part)
    assert again(outbox, part).status == "failed"


def test_what_is_left_to_send_waits_in_one_job(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, crew: Crew
) -> None:
    (part,) = replied(pg, outbox, "Hello")
    change(database, "DELETE FROM procrastinate_jobs")
    outbox.queue_sends(part.user_id)
    outbox.queue_sends(part.user_id)
    assert rows(database, JOBS) == [("todo", 0)]
    crew.fetches()  # it may have looked before what comes now was stored
    outbox.queue_sends(part.user_id)
    assert rows(database, JOBS) == [("doing", 0), ("todo", 0)]
