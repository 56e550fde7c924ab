"""Tickets as operators work on them: found, changed, and kept in order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Connection, Database
from db.errors import OperatorError
from db.queries.tickets import TicketFilter, list_tickets
from db.support import tickets
from db.support.owners import change_owner
from tests.db.sql import change, take_in, value
from tests.records import ANA, BEN, said

OLGA = """
INSERT INTO users (email, full_name, role) VALUES ('olga@shop.example', 'Olga', 'admin')
RETURNING user_id
"""
LATER = timedelta(hours=1)


@pytest.fixture
def olga(database: Database) -> UUID:
    found: UUID = value(database, OLGA)
    return found


def queue(database: Database, pg: PostgresChatStore, address: str = ANA) -> int:
    """Have somebody write and wait in the queue; return the ticket."""
    take_in(pg, said("I need a person", address))
    user_id = value(
        database, "SELECT user_id FROM users WHERE phone_number = %(a)s", a=address
    )
    change_owner(database, user_id, "queue", operator=None, why="asked")
    found = value(
        database, "SELECT id FROM support_tickets WHERE user_id = %(id)s", id=user_id
    )
    return int(found)


@pytest.fixture
def ticket(database: Database, pg: PostgresChatStore) -> int:
    return queue(database, pg)


def test_what_operators_do_stands_in_the_log_with_their_names(
    database: Database, ticket: int, olga: UUID
) -> None:
    with database.transaction() as connection:
        tickets.add_note(connection, ticket, olga, " wants the green one \n")
        tickets.assign(connection, ticket, olga, olga)
        tickets.set_priority(connection, ticket, "high", None)
        tickets.set_labels(
            connection, ticket, [" order ", "order", "", "late  one"], olga
        )
        tickets.set_subject(connection, ticket, "Green\nbread", olga)
    with database.transaction() as connection:
        found = tickets.find_ticket(connection, ticket)
        log = tickets.read_log(connection, ticket)
    assert found
    assert (found.assignee, found.priority, found.subject) == (
        "Olga",
        "high",
        "Green bread",
    )
    assert (found.labels, found.address, found.owner) == (
        ["order", "late one"],
        ANA,
        "queue",
    )
    assert [(entry.kind, entry.body, entry.author) for entry in log] == [
        ("event", "queued", None), ("note", "wants the green one", "Olga"),
        ("event", "assigned", "Olga"), ("event", "priority", None),
        ("event", "labels", "Olga"), ("event", "subject", "Olga"),
    ]  # fmt: skip


def test_what_is_set_twice_is_noted_once(
    database: Database, ticket: int, olga: UUID
) -> None:
    with database.transaction() as connection:
        for _ in range(2):
            tickets.assign(connection, ticket, olga, olga)
            tickets.set_priority(connection, ticket, "low", olga)
        tickets.assign(connection, ticket, None, olga)
        log = tickets.read_log(connection, ticket)
    bodies = [entry.body for entry in log]
    assert bodies == ["queued", "assigned", "priority", "assigned"]


def test_resolving_gives_the_chat_back_once_and_reopening_opens_one(
    database: Database, ticket: int, olga: UUID
) -> None:
    with database.transaction() as connection:
        assert tickets.resolve(connection, ticket, olga)
        assert not tickets.resolve(connection, ticket, olga)
        found = tickets.find_ticket(connection, ticket)
        assert found
        assert (found.status, found.owner) == ("resolved", "bot")
        assert tickets.find_open(connection, found.user_id) is None
        assert tickets.reopen(connection, ticket, olga)
        assert not tickets.reopen(connection, ticket, olga)
        again = tickets.find_open(connection, found.user_id)
        assert again
        assert (again.id, again.resolved_at) == (ticket, None)


def test_a_resolved_one_is_not_reopened_beside_an_open_one(
    database: Database, pg: PostgresChatStore, ticket: int
) -> None:
    with database.transaction() as connection:
        tickets.resolve(connection, ticket, None)
    second = value(database, "SELECT open_ticket(user_id, 'asked', NULL) FROM users")
    with (
        database.transaction() as connection,
        pytest.raises(OperatorError, match=f"Ticket {second} of the same person"),
    ):
        tickets.reopen(connection, ticket, None)


def test_a_snoozed_one_whose_time_came_is_listed_as_open(
    database: Database, ticket: int, olga: UUID
) -> None:
    with database.transaction() as connection:
        tickets.snooze(connection, ticket, datetime.now(UTC) + LATER, olga)
        assert [
            t.id
            for t in list_tickets(connection, 9, TicketFilter(statuses=["snoozed"]))
        ] == [ticket]
    change(database, "UPDATE support_tickets SET snoozed_until = now()")
    with database.transaction() as connection:
        assert [
            t.id for t in list_tickets(connection, 9, TicketFilter(statuses=["open"]))
        ] == [ticket]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (lambda c, t: tickets.add_note(c, t, None, " \n"), "empty"),
        (lambda c, t: tickets.add_note(c, t, None, "x" * 4001), "4001 characters"),
        (lambda c, t: tickets.set_subject(c, t, "x" * 201, None), "201 characters"),
        (lambda c, t: tickets.set_labels(c, t, ["x" * 31], None), "31 characters"),
        (lambda c, t: tickets.set_labels(c, t, map(str, range(11)), None), "10 labels"),
        (lambda c, t: tickets.set_priority(c, t, "dire", None), "one of low, normal"),
        (lambda c, t: tickets.snooze(c, t, datetime.now(UTC), None), "within 90 days"),
        (lambda c, t: tickets.assign(c, t, uuid4(), None), "may not"),
        (lambda c, t: tickets.add_note(c, t + 1, None, "hm"), "no ticket"),
        (lambda c, t: tickets.resolve(c, t + 1, None), "no ticket"),
        (lambda c, _: list_tickets(c, 9, TicketFilter(statuses=["lost"])), "are lost"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    database: Database,
    ticket: int,
    refused: Callable[[Connection, int], object],
    why: str,
) -> None:
    with database.transaction() as connection, pytest.raises(OperatorError, match=why):
        refused(connection, ticket)


def test_a_customer_is_no_assignee_and_a_resolved_one_rests(
    database: Database, ticket: int
) -> None:
    with database.transaction() as connection:
        found = tickets.find_ticket(connection, ticket)
        assert found
        with pytest.raises(OperatorError, match="may not"):
            tickets.assign(connection, ticket, found.user_id, None)
        tickets.resolve(connection, ticket, None)
        with pytest.raises(OperatorError, match="reopen it first"):
            tickets.set_priority(connection, ticket, "high", None)


def test_the_list_is_narrowed_by_each_word_and_by_what_is_set(
    database: Database, pg: PostgresChatStore, ticket: int, olga: UUID
) -> None:
    second = queue(database, pg, BEN)
    with database.transaction() as connection:
        tickets.set_subject(connection, ticket, "100% rye_bread", None)
        tickets.add_note(connection, ticket, olga, "Call her on Monday")
        tickets.set_labels(connection, second, ["late"], None)
        tickets.assign(connection, second, olga, None)

        def found(**wanted: Any) -> list[int]:
            return [t.id for t in list_tickets(connection, 9, TicketFilter(**wanted))]

        assert found() == [second, ticket]
        assert found(before=second) == [ticket]
        assert found(words="monday RYE") == [ticket]
        assert found(words="monday late") == []
        assert found(words="0% e_b") == [ticket]
        assert found(words="%") == [ticket]
        assert found(words="lat") == found(label="late") == [second]
        assert found(words=BEN) == found(assignee_id=olga) == [second]
        assert found(unassigned=True) == [ticket]
        assert found(statuses=["resolved"]) == []
