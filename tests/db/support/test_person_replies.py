"""What a person of ours says: stored once, sent in order, and the chat is theirs."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.records import PersonReplied, Template
from db.support.owners import Owners
from db.support.replies import NotSentError, find_last_inbound
from tests.db.sql import appears, change, load, rows, take_in, value, waiting_backends
from tests.db.support.takeovers import (
    HOUR,
    add_operator,
    events,
    find_user,
    reply_to,
    says,
)
from tests.records import answer_to, as_parts, new_sid, said

PARTS = "SELECT body, author, address, our_address FROM reply_parts ORDER BY sequence"
OWNER = (
    "SELECT owner, owner_id, owner_version FROM users WHERE phone_number IS NOT NULL"
)
STOP = "INSERT INTO opt_outs (user_id) VALUES (%(user_id)s)"


def test_it_settles_what_waits_takes_the_chat_and_is_sent(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    one, two = said("Where is it?", our_address="whatsapp:+1415"), said("Hello?")
    chat_id = take_in(pg, one)
    take_in(pg, two)
    ana, olga = find_user(database), add_operator(database)
    told = says(
        database, reply_to(ana, "On its way.", "On", "its way.", author_id=olga)
    )
    assert (told.chat_id, told.version, told.is_new) == (chat_id, 1, True)
    turn = load(pg, chat_id).turns[-1]
    assert (turn.role, turn.content, turn.author) == (
        "assistant", "On its way.", str(olga),
    )  # fmt: skip
    assert turn.in_reply_to == (one.message_sid, two.message_sid)
    assert rows(database, OWNER) == [("human", olga, 1)]
    assert [row[:2] for row in rows(database, PARTS)] == [
        ("On", str(olga)), ("its way.", str(olga)),
    ]  # fmt: skip
    assert pg.record_reply(chat_id, answer_to(one, two)) == 0
    ticket = "SELECT id, status, first_response_at IS NOT NULL FROM support_tickets"
    assert rows(database, ticket) == [(told.ticket_id, "waiting", True)]
    assert events(database) == [("taken", olga), ("replied", olga)]
    sends = "SELECT count(*) FROM procrastinate_jobs WHERE lock = 'send:' || %(ana)s"
    assert value(database, sends, ana=str(ana)) == 1
    found = outbox.claim_next(ana, timedelta(), timedelta(days=1))
    assert found
    assert found.is_claimed, "a human's words are sent though a human has the chat"


def test_it_goes_where_the_last_message_came_from(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi", our_address="whatsapp:+1415"))
    take_in(
        pg, said("Hi again", "whatsapp:US.X", other_address="whatsapp:+15551230001")
    )
    ana = find_user(database)
    says(database, reply_to(ana))
    assert [row[2] for row in rows(database, PARTS)] == ["whatsapp:US.X"]


def test_said_twice_it_is_said_once(database: Database, pg: PostgresChatStore) -> None:
    chat_id = take_in(pg, said("Hi"))
    reply = reply_to(find_user(database))
    first = says(database, reply)
    assert says(database, reply) == replace(first, is_new=False)
    assert len(load(pg, chat_id).turns) == 2
    assert len(rows(database, PARTS)) == 1


def test_said_twice_at_once_it_is_said_once(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("Hi"))
    reply = reply_to(find_user(database))
    told: list[PersonReplied] = []
    with database.transaction() as connection:
        connection.count("SELECT 1 FROM users FOR UPDATE")
        threads = [
            threading.Thread(target=lambda: told.append(says(database, reply)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        assert appears(lambda: len(waiting_backends(database)) == 3)
    for thread in threads:
        thread.join()
    assert sorted(one.is_new for one in told) == [False, False, True]
    assert len(load(pg, chat_id).turns) == 2


def test_of_two_operators_who_reply_at_once_the_second_is_told(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("Hi"))
    ana = find_user(database)
    refused: list[str] = []

    def reply(name: str) -> None:
        try:
            operator = add_operator(database, name)
            says(database, reply_to(ana, name, author_id=operator, version=0))
        except NotSentError as error:
            refused.append(error.reason)

    with database.transaction() as connection:
        lock = "SELECT 1 FROM users WHERE user_id = %(ana)s FOR UPDATE"
        connection.count(lock, {"ana": ana})
        threads = [threading.Thread(target=reply, args=[n]) for n in ("Olga", "Otto")]
        for thread in threads:
            thread.start()
        assert appears(lambda: len(waiting_backends(database)) == 2)
    for thread in threads:
        thread.join()
    assert refused == ["taken"]
    assert len(load(pg, chat_id).turns) == 2


def test_who_looked_at_an_older_state_is_told(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana, olga = find_user(database), add_operator(database)
    owners.take(ana, None)
    owners.give(ana, None)
    with pytest.raises(NotSentError, match="changed hands") as refused:
        says(database, reply_to(ana, author_id=olga, version=0))
    assert refused.value.reason == "changed"
    says(database, reply_to(ana, author_id=olga, version=2))
    says(database, reply_to(ana, "More.", author_id=olga, version=2))  # it is theirs


def test_a_stop_holds_also_one_that_comes_at_the_same_time(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    refused: list[str] = []

    def reply() -> None:
        try:
            says(database, reply_to(ana))
        except NotSentError as error:
            refused.append(error.reason)

    with database.transaction() as connection:
        connection.count("SELECT 1 FROM users FOR SHARE")  # as record_reply does
        connection.count(STOP, {"user_id": ana})
        thread = threading.Thread(target=reply)
        thread.start()
        assert appears(lambda: waiting_backends(database))
    thread.join()
    reply()
    assert refused == ["stopped", "stopped"]
    assert rows(database, PARTS) == []


def test_what_stop_overtakes_is_not_sent(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    says(database, reply_to(ana))
    stop = said("STOP")
    silence = answer_to(stop, parts=(), opts_out=True)
    assert pg.record_reply(take_in(pg, stop), silence)
    assert rows(database, "SELECT status FROM reply_parts") == [("canceled",)]


def test_after_a_day_only_a_template_is_taken(
    database: Database, pg: PostgresChatStore
) -> None:
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    late = said("Hi")
    late = replace(late, turn=replace(late.turn, timestamp=yesterday))
    take_in(pg, late)
    ana = find_user(database)
    with database.transaction() as connection:
        last = find_last_inbound(connection, ana)
    assert last
    assert abs(last - yesterday) < timedelta(seconds=1)
    with pytest.raises(NotSentError, match="template") as refused:
        says(database, reply_to(ana))
    assert refused.value.reason == "closed"
    [part] = as_parts("Hello, Ana")
    template = replace(part, template=Template("HX1", {"1": "Ana"}))
    assert says(database, replace(reply_to(ana), parts=(template,))).is_new


def test_nothing_is_no_reply(database: Database, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hi"))
    empty = replace(reply_to(find_user(database)), parts=())
    with pytest.raises(NotSentError, match="nothing to send"):
        says(database, empty)
    with pytest.raises(NotSentError, match="erased"):
        says(database, reply_to(uuid4()))


def test_in_a_closed_chat_a_new_one_is_opened_once(
    database: Database, pg: PostgresChatStore
) -> None:
    """A message that comes at the same instant may open it first."""
    old = take_in(pg, said("Hi"))
    change(database, "UPDATE userchats SET is_active = false")
    ana = find_user(database)
    told: list[PersonReplied] = []
    with database.transaction() as connection:
        message = said("Are you there?")
        opened = "INSERT INTO userchats (chat_id, customer_id, messages) VALUES"
        turn = f'[{{"role": "user", "message_sid": "{message.message_sid}"}}]'
        connection.count(f"{opened} ('{'a' * 16}', '{ana}', '{turn}')")
        thread = threading.Thread(
            target=lambda: told.append(says(database, reply_to(ana)))
        )
        thread.start()
        assert appears(lambda: waiting_backends(database))
    thread.join()
    assert [one.chat_id for one in told] == ["a" * 16]
    turn_of_person = load(pg, "a" * 16).turns[-1]
    assert turn_of_person.in_reply_to == (message.message_sid,)
    assert len(load(pg, old).turns) == 1
    change(database, "UPDATE userchats SET is_active = false")
    new = says(database, reply_to(ana)).chat_id
    assert [turn.role for turn in load(pg, new).turns] == ["assistant"]


def test_words_come_in_the_order_in_which_they_were_said(
    database: Database, pg: PostgresChatStore, outbox: PostgresOutbox
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    for n in range(3):
        says(database, reply_to(ana, f"{n}"))
    heard = []
    while found := outbox.claim_next(ana, timedelta(), timedelta(days=1)):
        outbox.record_accepted(found.part.part_id, new_sid(), "sent")
        heard.append(found.part.body)
    assert heard == ["0", "1", "2"]


def test_each_word_moves_the_end(database: Database, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    until = "SELECT owner_until - now() > interval '59 minutes', owner_warned_at"
    says(database, reply_to(ana))
    change(database, "UPDATE users SET owner_until = now(), owner_warned_at = now()")
    says(database, reply_to(ana, lasts=HOUR))
    assert rows(database, f"{until} FROM users") == [(True, None)]
