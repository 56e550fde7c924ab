"""Retention while others work: batches, two runs, and messages that meet it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.privacy.retention import run_retention
from tests.db.privacy.aging import (
    AGES,
    DAY,
    active,
    answered,
    archived,
    close,
    closed,
    grow_old,
    make_closed,
    run,
)
from tests.db.sql import (
    appears,
    change,
    end_backend,
    holding,
    take_in,
    values,
    waiting_backends,
)
from tests.records import ANA, BEN, answer_to, said

CLOSE = "UPDATE userchats SET is_active = false WHERE chat_id = '{}'"
HOLD = "SELECT 1 FROM userchats WHERE chat_id = '{}' FOR UPDATE"


@pytest.fixture
def session_timeout() -> timedelta:
    return 10_000 * DAY


def test_more_than_one_batch_is_taken_and_it_stops_when_told(
    database: Database, pg: PostgresChatStore
) -> None:
    answered(pg)
    make_closed(database, 1200)
    looks = iter([False, False, True])
    (*_, part) = (
        purged
        for purged in run_retention(
            database,
            replace(AGES, close_idle=None, drop_system_messages=None),
            stopping=lambda: next(looks, True),
        )
        if purged.name == "closed chats archived"
    )
    assert (part.amount, part.whole) == (1000, False)
    assert run(database) == {"closed chats archived": 200}
    assert len(archived(database)) == 1200


def test_two_runs_at_once_do_each_thing_once(
    database: Database, pg: PostgresChatStore
) -> None:
    answered(pg)
    make_closed(database, 2000)
    done: list[int] = []

    def go() -> None:
        done.append(run(database).get("closed chats archived", 0))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.append(run(database).get("closed chats archived", 0))
    assert sum(done) == 2000
    assert len(archived(database)) == 2000


@contextmanager
def being_written_to(database: Database, chat_id: str) -> Iterator[None]:
    """Hold the chat as an append does that is not committed yet, then commit it."""
    with database.transaction(idle_seconds=60) as connection:
        append = """UPDATE userchats SET messages = messages || '[{"role": "user",
            "content": "More", "message_sid": "SMmore"}]' WHERE chat_id = %(chat_id)s"""
        connection.count(append, {"chat_id": chat_id})
        yield


def test_a_message_on_its_way_into_an_idle_chat_keeps_it_open(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = answered(pg)
    grow_old(database, chat_id, 31)
    with being_written_to(database, chat_id):
        assert run(database) == {}
    assert run(database) == {}
    assert active(database) == [chat_id]


def test_a_message_that_meets_the_closing_opens_a_new_chat(
    database: Database, pg: PostgresChatStore
) -> None:
    old = answered(pg)
    grow_old(database, old, 31)
    taken: list[str] = []
    thread = threading.Thread(target=lambda: taken.append(take_in(pg, said("Back!"))))
    with holding(database, CLOSE.format(old)):
        thread.start()
        assert appears(lambda: waiting_backends(database))
    thread.join()
    assert taken != [old]
    assert active(database) == taken
    grow_old(database, old, 91)
    assert run(database) == {"closed chats archived": 1}
    said_now = "SELECT content FROM chat_messages ORDER BY archived DESC, position"
    assert values(database, said_now) == ["Hi", "Yes.", "Back!"]


def test_a_reply_that_meets_the_archiving_is_refused_and_nothing_is_lost(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, parts=()))
    grow_old(database, chat_id, 91)
    close(database, chat_id)
    assert run(database) == {"closed chats archived": 1}
    assert not pg.record_reply(chat_id, answer_to(message))
    assert pg.load_chat(chat_id) is None
    assert values(database, "SELECT content FROM chat_messages") == ["Hi", "Yes."]


def test_somebody_who_holds_a_row_is_not_waited_for(
    database: Database, pg: PostgresChatStore
) -> None:
    mine, other = closed(pg, database, 91, ANA), closed(pg, database, 91, BEN)
    with holding(database, HOLD.format(mine)):
        assert run(database) == {"closed chats archived": 1}
    assert archived(database) == [other]
    assert run(database) == {"closed chats archived": 1}


def test_a_run_that_was_killed_half_way_is_taken_up(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    last = take_in(pg, message)
    assert pg.record_reply(last, answer_to(message))
    change(database, "UPDATE reply_parts SET status = 'delivered'")
    make_closed(database, 700)
    grow_old(database, last, 90)
    close(database, last)
    ages = replace(AGES, archive=80 * DAY)
    broken: list[Exception] = []

    def go() -> None:
        try:
            run(database, ages)
        except OperatorError as error:
            broken.append(error)

    running = threading.Thread(target=go)
    with holding(database, "SELECT 1 FROM reply_parts FOR UPDATE"):
        running.start()
        assert appears(lambda: waiting_backends(database))
        end_backend(database, waiting_backends(database)[0])
        running.join()
    assert "the database is away" in str(broken)
    assert len(archived(database)) == 500
    assert run(database, ages) == {"closed chats archived": 201}
    assert len(archived(database)) == 701
