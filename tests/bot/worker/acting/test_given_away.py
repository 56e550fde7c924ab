"""An answer's job that another worker was given while this one stood still."""

import asyncio

from bot.worker.jobs import register_jobs
from db.database import Database
from db.queue.app import build_queue
from db.queue.jobs import ANSWERS
from tests.bot.chat.acting.diner import Guest, asks
from tests.bot.llm.clients import client_of
from tests.bot.whatsapp.desk import Desk
from tests.db.sql import change
from tests.scripted_llm import Script, ScriptedLLM

AGAIN = """
SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs
"""
NOWHERE = "http://127.0.0.1:9"


async def work_until_empty(ana: Guest, database: Database, url: str) -> None:
    queue = build_queue(url, connections=3)
    register_jobs(queue, ana.talk, Desk(database, NOWHERE).sender)
    async with queue.open_async():
        await queue.run_worker_async(
            queues=[ANSWERS],
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
        )


def test_it_calls_nothing_for_the_answer_that_the_other_one_makes(
    database: Database, database_url: str
) -> None:
    with ScriptedLLM() as llm, client_of(llm.base_url) as client:
        ana = Guest(llm, client, database)
        ana.llm.meanwhile.append(lambda: change(database, AGAIN))
        llm.next(asks(("order", {"dish": "soup"})), Script(text="What do you want?"))
        ana.says("Soup!")
        asyncio.run(work_until_empty(ana, database, database_url))
    assert len(llm.prompts) == 2
    assert ana.bot_said == ["What do you want?"]
    assert (ana.kitchen.done, ana.calls) == ([], [])
