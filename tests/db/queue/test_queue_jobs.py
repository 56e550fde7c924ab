"""Jobs that our SQL defers are jobs of procrastinate: a real worker runs them."""

import asyncio

from procrastinate import App, JobContext
from procrastinate.jobs import Job

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.queue.app import build_queue
from db.queue.jobs import ANSWER_CHAT, ANSWERS, DELIVERIES, SEND_PARTS
from tests.db.sql import rows, take_in, value
from tests.records import answer_to, notice_about, said

JOBS = """
SELECT queue_name, task_name, priority, lock, queueing_lock, args, status, attempts
FROM procrastinate_jobs ORDER BY id
"""


def run_all(url: str) -> list[Job]:
    """Let a worker with our tasks run all jobs that wait; return them."""
    queue = build_queue(url, connections=3)
    ran: list[Job] = []

    @queue.task(name=ANSWER_CHAT, queue=ANSWERS, pass_context=True)
    def answer_chat(context: JobContext, chat_id: str) -> None:
        ran.append(context.job)

    @queue.task(name=SEND_PARTS, queue=DELIVERIES, pass_context=True)
    def send_parts(context: JobContext, user_id: str) -> None:
        ran.append(context.job)

    asyncio.run(work_until_empty(queue))
    return ran


async def work_until_empty(queue: App) -> None:
    async with queue.open_async():
        await queue.run_worker_async(
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )


def test_a_worker_runs_the_jobs_of_a_message_and_of_what_is_left_to_send(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    chat_id = take_in(pg, said("Hello"))
    user_id = value(database, "SELECT user_id FROM users")
    PostgresOutbox(database).queue_sends(user_id)
    ran = run_all(database_url)
    assert [(job.task_name, job.queue, job.lock, job.task_kwargs) for job in ran] == [
        ("answer_chat", "answers", f"answer:{user_id}", {"chat_id": chat_id}),
        ("send_parts", "deliveries", f"send:{user_id}", {"user_id": str(user_id)}),
    ]
    assert value(database, "SELECT count(*) FROM procrastinate_jobs") == 0


def test_our_jobs_are_stored_as_procrastinate_stores_its_own(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    chat_id = take_in(pg, said("Hello"))
    user_id = value(database, "SELECT user_id FROM users")

    async def defer() -> None:
        queue = build_queue(database_url, connections=1)
        async with queue.open_async():
            await queue.configure_task(
                ANSWER_CHAT, queue=ANSWERS, lock=f"answer:{user_id}"
            ).defer_async(chat_id=chat_id)

    asyncio.run(defer())
    ours, theirs = rows(database, JOBS)
    assert ours == theirs


def test_only_a_new_message_has_a_job(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hello")
    chat_id = take_in(pg, message)
    assert not pg.record_inbound(message).is_new
    assert pg.record_reply(chat_id, answer_to(message))
    assert not pg.record_reply(chat_id, answer_to(message))
    assert not pg.record_reply(chat_id, notice_about(message))
    tasks = "SELECT task_name FROM procrastinate_jobs ORDER BY id"
    assert rows(database, tasks) == [("answer_chat",)]


def test_silence_has_nothing_to_send(database: Database, pg: PostgresChatStore) -> None:
    message = said("after STOP")
    assert pg.record_reply(take_in(pg, message), answer_to(message, parts=()))
    assert rows(database, "SELECT task_name FROM procrastinate_jobs") == [
        ("answer_chat",)
    ]
    assert value(database, "SELECT count(*) FROM reply_parts") == 0


def test_a_users_later_chat_waits_for_the_same_lock(
    database: Database, pg: PostgresChatStore
) -> None:
    old = take_in(pg, said("one"))
    new = take_in(pg, said("/new", opens_chat=True))
    jobs = rows(database, "SELECT lock, args ->> 'chat_id' FROM procrastinate_jobs")
    assert len({lock for lock, _ in jobs}) == 1
    assert [chat_id for _, chat_id in jobs] == [old, new]
