"""What a killed connection or a database that is away leaves behind: nothing half."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.errors import StoreUnavailableError
from db.outbox import PostgresOutbox
from db.pool import Limits
from db.queue.app import build_queue
from db.records import DeliveryStatus
from tests.db.cutting_proxy import cutting_proxy
from tests.db.sql import (
    appears,
    end_backend,
    holding,
    load,
    opened,
    rows,
    take_in,
    value,
    values,
    waiting_backends,
)
from tests.house import PATIENCE
from tests.records import answer_to, new_sid, said

DAY = timedelta(days=1)
# Time enough for a busy machine that answers, little where nothing does.
HASTY = Limits(statement_seconds=1.0)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def kill_when_waiting(database: Database, *, times: int) -> None:
    killed: set[int] = set()
    for _ in range(times):
        assert appears(lambda: set(waiting_backends(database)) - killed)
        (pid,) = set(waiting_backends(database)) - killed
        end_backend(database, pid)
        killed.add(pid)


def what_is_stored(database: Database) -> list[Any]:
    return [
        rows(database, "SELECT user_id, full_name FROM users"),
        rows(database, "SELECT chat_id, is_active, messages FROM userchats"),
        values(database, "SELECT message_sid FROM inbound_messages"),
        values(database, "SELECT id FROM procrastinate_jobs"),
        values(database, "SELECT part_id FROM reply_parts"),
        values(database, "SELECT user_id FROM opt_outs"),
    ]


def test_a_message_whose_connection_dies_leaves_nothing(
    database: Database, pg: PostgresChatStore, thread: ThreadPoolExecutor
) -> None:
    take_in(pg, said("one", profile_name="Ana"))
    before = what_is_stored(database)
    lost = said("/new", profile_name="Eve", opens_chat=True)
    with holding(database, "SELECT 1 FROM userchats FOR UPDATE"):
        attempt = thread.submit(pg.record_inbound, lost)
        kill_when_waiting(database, times=2)  # it is repeated once
        assert isinstance(attempt.exception(PATIENCE), StoreUnavailableError)
    assert what_is_stored(database) == before
    assert pg.record_inbound(lost).is_new


def test_a_message_survives_one_dying_connection(
    database: Database, pg: PostgresChatStore, thread: ThreadPoolExecutor
) -> None:
    chat_id = take_in(pg, said("one"))
    with holding(database, "SELECT 1 FROM userchats FOR UPDATE"):
        attempt = thread.submit(pg.record_inbound, said("two"))
        kill_when_waiting(database, times=1)
        assert appears(lambda: waiting_backends(database))
    assert attempt.result(PATIENCE).chat_id == chat_id
    assert [turn.content for turn in load(pg, chat_id).turns] == ["one", "two"]


def test_a_reply_whose_connection_dies_before_its_parts_leaves_nothing(
    database: Database, pg: PostgresChatStore, thread: ThreadPoolExecutor
) -> None:
    message = said("STOP")
    chat_id = take_in(pg, message)
    before = what_is_stored(database)
    reply = answer_to(message, parts=("a", "b"), opts_out=True, error="why")
    with holding(database, "LOCK TABLE reply_parts IN SHARE MODE"):
        attempt: Future[int] = thread.submit(pg.record_reply, chat_id, reply)
        kill_when_waiting(database, times=1)
        assert isinstance(attempt.exception(PATIENCE), StoreUnavailableError)
    assert what_is_stored(database) == before
    assert pg.record_reply(chat_id, reply)
    assert value(database, "SELECT count(*) FROM reply_parts") == 2


REPEATED_CALLS: dict[str, Callable[[PostgresChatStore, PostgresOutbox], object]] = {
    "record_inbound": lambda pg, _: take_in(pg, said("Hello")),
    "load_chat": lambda pg, _: pg.load_chat("0" * 16) is None,
    "find_parts": lambda _, outbox: outbox.find_parts(uuid4()) == [],
    "record_delivery_status": lambda _, outbox: (
        not outbox.record_delivery_status(
            DeliveryStatus(message_sid=new_sid(), status="sent")
        )
    ),
}


@pytest.mark.parametrize("name", REPEATED_CALLS)
def test_a_pooled_connection_that_died_unnoticed_is_replaced(
    database: Database, database_url: str, name: str
) -> None:
    pooled = Database(database_url, Limits(connections=1))
    pg, outbox = PostgresChatStore(pooled, DAY), PostgresOutbox(pooled)
    end_backend(database, value(pooled, "SELECT pg_backend_pid()"))
    assert REPEATED_CALLS[name](pg, outbox)
    pooled.close()


def test_a_message_whose_receipt_got_lost_is_taken_in_once(
    database: Database, database_url: str
) -> None:
    with cutting_proxy(database_url) as (proxy, url):
        cut_off = Database(url)
        pg = PostgresChatStore(cut_off, DAY)
        proxy.word = b"record_inbound"
        assert not pg.record_inbound(said("Hello")).is_new  # the second time
        assert proxy.word is None
        cut_off.close()
    assert value(database, "SELECT jsonb_array_length(messages) FROM userchats") == 1
    assert value(database, "SELECT count(*) FROM procrastinate_jobs") == 1


def test_a_reply_whose_statement_got_no_answer_is_stored_once(
    database: Database, pg: PostgresChatStore, database_url: str
) -> None:
    message = said("a question")
    chat_id = take_in(pg, message)
    with cutting_proxy(database_url) as (proxy, url):
        cut_off = Database(url)
        proxy.word = b"INSERT INTO reply_parts"
        with pytest.raises(StoreUnavailableError):
            PostgresChatStore(cut_off, DAY).record_reply(chat_id, answer_to(message))
        cut_off.close()
    assert not pg.record_reply(chat_id, answer_to(message, text="Again."))
    assert values(database, "SELECT body FROM reply_parts") == ["Yes."]
    assert len(load(pg, chat_id).turns) == 2


def test_a_statement_that_takes_too_long_is_an_outage(
    database: Database, database_url: str, pg: PostgresChatStore
) -> None:
    take_in(pg, said("one"))
    hasty = Database(database_url, Limits(statement_seconds=0.1))
    row_lock = holding(database, "SELECT 1 FROM userchats FOR UPDATE")
    with row_lock, pytest.raises(StoreUnavailableError):
        PostgresChatStore(hasty, DAY).record_inbound(said("two"))
    hasty.close()


def test_no_free_connection_is_an_outage(database_url: str) -> None:
    limits = Limits(connections=1, pool_seconds=0.1)
    told = pytest.raises(StoreUnavailableError)
    with opened(database_url, limits) as small, small.transaction(), told:
        PostgresChatStore(small, DAY).record_inbound(said("Hello"))


def test_the_store_says_that_it_is_away_and_works_when_it_is_back(
    own_server: EmbeddedPostgres,
) -> None:
    database = Database(own_server.url)
    pg, outbox = PostgresChatStore(database, DAY), PostgresOutbox(database)
    message = said("before")
    chat_id = take_in(pg, message)
    own_server.stop()
    calls: list[Callable[[], object]] = [
        lambda: pg.record_inbound(said("meanwhile")),
        lambda: pg.load_chat(chat_id),
        lambda: pg.record_reply(chat_id, answer_to(message)),
        lambda: outbox.find_parts(uuid4()),
        lambda: outbox.claim_next(uuid4(), DAY, DAY),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailableError):
            call()
    assert "can't be reached" in str(schema.find_fault(database))
    own_server.start()
    assert take_in(pg, said("after")) == chat_id
    assert pg.record_reply(chat_id, answer_to(message))
    assert schema.find_fault(database) is None
    database.close()


@pytest.fixture
def freeze(own_server: EmbeddedPostgres) -> Iterator[Callable[[int], None]]:
    """Stop the server and its children as a hung machine would; thaw them at the end.

    Connections to it are still made and kept by the kernel: only answers stay out.
    """
    assert own_server.process is not None
    family = [own_server.process.pid]

    def send(signum: int) -> None:
        pid = own_server.process.pid if own_server.process else 0
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        family.extend(int(child) for child in children)
        for member in family:
            with suppress(ProcessLookupError):
                os.kill(member, signum)

    yield send
    send(signal.SIGCONT)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds children by /proc")
def test_a_server_that_hangs_is_away_too(
    own_server: EmbeddedPostgres, freeze: Callable[[int], None]
) -> None:
    database = Database(own_server.url, HASTY)
    pg = PostgresChatStore(database, DAY)
    chat_id = take_in(pg, said("before"))
    freeze(signal.SIGSTOP)
    for _ in range(2):  # on a connection that was there, and on a new one
        with pytest.raises(StoreUnavailableError):
            pg.record_inbound(said("meanwhile"))
    freeze(signal.SIGCONT)
    assert take_in(pg, said("after")) == chat_id
    database.close()
    asyncio.run(look_in_vain(own_server.url, freeze))


async def look_in_vain(url: str, freeze: Callable[[int], None]) -> None:
    """Look for a job, as a worker does, on a connection that was there."""
    queue = build_queue(url, connections=1, limits=HASTY)
    async with queue.open_async(), asyncio.timeout(PATIENCE):
        jobs = queue.job_manager
        await jobs.register_worker()
        freeze(signal.SIGSTOP)
        assert await jobs.fetch_job(None, 0) is None
        freeze(signal.SIGCONT)
