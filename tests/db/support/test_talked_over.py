"""What the bot would say to whom a person has: it is refused, whoever came first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import HandOver, InboundMessage
from db.support.owners import Owners, change_owner
from tests.db.sql import appears, load, rows, take_in, value, waiting_backends
from tests.db.support.takeovers import find_user, says
from tests.db.support.takeovers import reply_to as reply_of_person
from tests.records import answer_to, notice_about, said

HOUR = timedelta(hours=1)


def test_an_answer_that_waits_for_a_takeover_is_refused(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("Where is it?")
    chat_id = take_in(pg, question)
    stored: list[int] = []

    def answer() -> None:
        stored.append(pg.record_reply(chat_id, answer_to(question)))

    with database.transaction() as connection:
        ana = find_user(database)
        change_owner(connection, ana, "human", operator=None, why="by hand")
        thread = threading.Thread(target=answer)
        thread.start()
        assert appears(lambda: waiting_backends(database))
    thread.join()
    assert stored == [0]
    assert value(database, "SELECT count(*) FROM reply_parts") == 0


def test_a_takeover_that_waits_for_an_answer_finds_its_parts(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox, owners: Owners
) -> None:
    """The answer's transaction is held up by somebody who has the chat's row."""
    question = said("Where is it?")
    chat_id = take_in(pg, question)
    ana = find_user(database)
    with database.transaction() as connection:
        connection.count("SELECT 1 FROM userchats FOR UPDATE")
        answer = threading.Thread(
            target=pg.record_reply, args=[chat_id, answer_to(question)]
        )
        answer.start()
        assert appears(lambda: len(waiting_backends(database)) == 1)
        take = threading.Thread(target=owners.take, args=[ana, None])
        take.start()
        assert appears(lambda: len(waiting_backends(database)) == 2)
    answer.join()
    take.join()
    assert rows(database, "SELECT status FROM reply_parts") == [("canceled",)]


def test_the_talk_sees_that_a_chat_was_taken_and_given_back(
    pg: PostgresChatStore, database: Database, owners: Owners
) -> None:
    """It looked the same otherwise, and a refused answer would be a riddle."""
    chat_id = take_in(pg, said("Hi"))
    before = load(pg, chat_id)
    owners.take(before.user_id, None)
    owners.give(before.user_id, None)
    after = load(pg, chat_id)
    assert after != before
    assert (after.owner, after.owner_version) == ("bot", 2)


def test_in_the_queue_nothing_but_a_command_is_answered(
    pg: PostgresChatStore, owners: Owners
) -> None:
    question, word = said("Where is it?"), said("/help")
    chat_id = take_in(pg, question)
    take_in(pg, word)
    owners.give(load(pg, chat_id).user_id, None, to="queue")
    assert pg.record_reply(chat_id, answer_to(question)) == 0
    assert pg.record_reply(chat_id, notice_about(question)) == 0
    told = answer_to(word)
    told = replace(told, turn=replace(told.turn, command="help"))
    assert pg.record_reply(chat_id, told)


def test_a_reply_hands_a_chat_over_and_takes_it_from_nobody(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    first, second = said("A person, please"), said("Hello?")
    chat_id = take_in(pg, first)
    hands_over = HandOver(reason="asked", subject="An order", lasts=HOUR)
    assert pg.record_reply(chat_id, answer_to(first, hands_over=hands_over))
    ana = find_user(database)
    found = owners.find(ana)
    assert found
    assert (found.owner, found.reason) == ("queue", "asked")
    assert found.until
    assert found.until > datetime.now(UTC)
    assert rows(database, "SELECT subject FROM support_tickets") == [("An order",)]
    owners.take(ana, None)
    take_in(pg, second)
    silence = answer_to(second, parts=(), hands_over=hands_over)
    assert pg.record_reply(chat_id, silence)
    found = owners.find(ana)
    assert found
    assert found.owner == "human"


def test_all_at_once_nobody_waits_in_a_ring(
    database: Database, pg: PostgresChatStore
) -> None:
    messages = [said(f"{n}") for n in range(6)]
    (chat_id,) = {take_in(pg, message) for message in messages}
    ana = find_user(database)

    def hand_over(message: InboundMessage) -> object:
        hands_over = HandOver(reason="asked", lasts=HOUR)
        return pg.record_reply(chat_id, answer_to(message, hands_over=hands_over))

    works: list[Callable[[], object]] = [partial(hand_over, m) for m in messages]
    works += [partial(says, database, reply_of_person(ana, f"p{n}")) for n in range(4)]
    works += [partial(Owners(database, 0.1).give, ana, None) for _ in range(4)]
    works += [partial(take_in, pg, said(f"more {n}")) for n in range(4)]
    with ThreadPoolExecutor(len(works)) as pool:
        for begun in [pool.submit(work) for work in works]:
            begun.result()
    versions = "SELECT owner_version FROM users WHERE user_id = %(ana)s"
    handed = "SELECT count(*) FROM support_messages WHERE body IN"
    named = f"{handed} ('taken', 'queued', 'given back')"
    assert value(database, versions, ana=ana) == value(database, named)


def test_erasing_a_person_ends_a_takeover_that_waits(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    found: list[object] = []
    with database.transaction() as connection:
        connection.count("SELECT 1 FROM users FOR UPDATE")
        thread = threading.Thread(target=lambda: found.append(owners.take(ana, None)))
        thread.start()
        assert appears(lambda: waiting_backends(database))
        for table in ("reply_parts", "userchats"):
            connection.count(f"DELETE FROM {table}")  # noqa: S608
        connection.count("DELETE FROM users")
    thread.join()
    assert found == [None]
