"""The worker finds what is to be summed up, and does it from the queue."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from procrastinate import App

from bot.worker.memory.jobs import (
    AT_FIRST,
    OVERLAP,
    LaterError,
    Since,
    register_look,
    register_remembering,
)
from db.database import Database
from db.memory.due import Due, defer_due
from db.queue.app import build_queue
from db.queue.jobs import FIND_DUE_MEMORY, MEMORY
from tests.bot.chat.memory.talker import Talker, remembers
from tests.bot.llm.clients import client_of
from tests.db.sql import change, rows, value
from tests.records import BEN
from tests.scripted_llm import Script, ScriptedLLM

DUE = Due(quiet=timedelta(minutes=15), most_turns=20, new_turns=10, new_bytes=3000)
HOUR = timedelta(hours=1)
AGED = """UPDATE reply_parts SET created_at = created_at - interval '16 min';
UPDATE userchats SET updated_at = updated_at - interval '16 min'"""


@pytest.fixture
def ana(server: ScriptedLLM, database: Database) -> Iterator[Talker]:
    with client_of(server.base_url) as llm:
        yield Talker(database, llm)


def work(queue: App) -> None:
    async def once() -> None:
        async with queue.open_async():
            await queue.run_worker_async(
                queues=[MEMORY], wait=False, delete_jobs="successful"
            )

    asyncio.run(once())


def jobs(database: Database) -> list[tuple[object, ...]]:
    found = """SELECT task_name, lock, args ->> 'chat_id', status::text
        FROM procrastinate_jobs WHERE queue_name = 'memory'"""
    return rows(database, found)


def test_what_is_new_and_what_went_quiet_is_found_once(
    ana: Talker, database: Database
) -> None:
    ana.talks(9)
    assert defer_due(database, DUE, HOUR) == 0
    ana.talks(1)
    assert defer_due(database, DUE, HOUR) == 1
    assert defer_due(database, DUE, HOUR) == 0, "its job waits"
    lock = f"memory:{ana.chat.user_id}"
    assert jobs(database) == [("remember", lock, ana.chat_id, "todo")]


def test_those_that_wait_already_take_nobody_else_s_place(
    ana: Talker, database: Database
) -> None:
    ana.talks(10)
    Talker(database, ana.llm, address=BEN).talks(10)
    few = replace(DUE, most_at_once=1)
    assert [defer_due(database, few, HOUR) for _ in range(3)] == [1, 1, 0]


def test_long_words_and_quiet_chats_are_found_and_nothing_old(
    ana: Talker, database: Database
) -> None:
    ana.says("x" * 3001)
    assert defer_due(database, DUE, HOUR) == 1
    change(database, "DELETE FROM procrastinate_jobs")
    change(database, "UPDATE userchats SET messages = messages - 0")
    ana.says("Bread?")
    assert defer_due(database, DUE, HOUR) == 0
    change(database, AGED)
    assert defer_due(database, DUE, timedelta(seconds=10)) == 0, "looked at before"
    assert defer_due(database, DUE, HOUR) == 1


def test_a_worker_sums_up_from_the_queue_and_the_look_finds_nothing_more(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    server.always(remembers("She asked for bread."))
    ana.talks(10)
    change(database, "DELETE FROM procrastinate_jobs")
    queue = build_queue(database.url)
    register_remembering(queue, ana.remembering)
    register_look(queue, database, DUE)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert (scheduled.task.name, scheduled.cron) == (FIND_DUE_MEMORY, "* * * * *")
    queue.tasks[FIND_DUE_MEMORY](timestamp=0)
    work(queue)
    assert jobs(database) == []
    assert any(turn.is_summary for turn in ana.chat.turns)
    queue.tasks[FIND_DUE_MEMORY](timestamp=0)
    assert jobs(database) == []
    change(database, AGED)
    queue.tasks[FIND_DUE_MEMORY](timestamp=0)
    work(queue)
    assert ana.metadata["tags"] == ["orders"]


def test_what_fails_is_tried_again_later_and_not_doubled_meanwhile(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    server.always(Script(status=500))
    ana.talks(10)
    queue = build_queue(database.url)
    register_remembering(queue, ana.remembering)
    defer_due(database, DUE, HOUR)
    work(queue)
    assert defer_due(database, DUE, HOUR) == 0
    waits = (
        "SELECT scheduled_at - now() FROM procrastinate_jobs WHERE queue_name = %(q)s"
    )
    assert timedelta(seconds=40) < value(database, waits, q=MEMORY) < HOUR


def test_tries_come_ever_later() -> None:
    pauses = [LaterError("away", attempts).retry_after for attempts in range(5)]
    assert pauses == [60, 240, 960, 3600, 3600]


def test_a_look_goes_back_to_the_last_one_that_worked() -> None:
    now = 0.0
    back: list[timedelta] = []
    since = Since(lambda: now)
    since.look(back.append)
    now += 90
    since.look(back.append)
    assert back == [AT_FIRST, timedelta(seconds=90) + OVERLAP]


def test_a_database_that_is_away_is_left_to_the_next_minute() -> None:
    url = "postgresql://bot@127.0.0.1:9/nowhere"
    queue = build_queue(url)
    register_look(queue, Database(url), DUE)
    queue.tasks[FIND_DUE_MEMORY](timestamp=0)
