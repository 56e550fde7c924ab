"""Who has a user's chats: given and taken, and what that stops."""

from datetime import timedelta
from uuid import uuid4

from db.chats import PostgresChatStore
from db.database import Database
from db.support.owners import Owners
from tests.db.sql import end_backend, load, opened, rows, take_in, value
from tests.db.support.takeovers import add_operator, events, find_user
from tests.records import said

HOUR = timedelta(hours=1)


def test_nobody_has_who_is_not_there(owners: Owners) -> None:
    nobody = uuid4()
    assert owners.find(nobody) is None
    assert owners.take(nobody, None) is None
    assert owners.give(nobody, None) is None


def test_it_is_told_who_has_whom_since_when_and_why(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana, olga = find_user(database), add_operator(database)
    before = owners.find(ana)
    assert before
    assert (before.owner, before.version, before.since) == ("bot", 0, None)
    taken = owners.take(ana, olga, HOUR, why="angry")
    assert taken
    assert taken == owners.find(ana)
    assert (taken.owner, taken.version, taken.owner_id) == ("human", 1, olga)
    assert (taken.reason, taken.under_way) == ("angry", False)
    assert taken.since
    assert taken.until == taken.since + HOUR
    again = owners.take(ana, olga, 2 * HOUR)
    assert again
    assert (again.version, again.since) == (1, taken.since), "it is theirs already"
    assert again.until
    assert again.until > taken.until
    given = owners.give(ana, olga)
    assert given
    assert (given.owner, given.version, given.owner_id) == ("bot", 2, olga)
    assert given.until is None
    assert events(database) == [("taken", olga), ("given back", olga)]


def test_every_takeover_opens_a_ticket_or_joins_the_open_one(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    chat_id = take_in(pg, said("Hi"))
    ana, olga = find_user(database), add_operator(database)
    owners.give(ana, None, to="queue", why="asked")
    owners.take(ana, olga)
    told = "SELECT id, chat_id, assignee_id, status FROM support_tickets ORDER BY id"
    [first] = rows(database, told)
    assert first[1:] == (chat_id, olga, "open")
    resolved = "SELECT resolve_ticket(%(id)s, %(olga)s)"
    assert value(database, resolved, id=first[0], olga=olga) == 3
    assert value(database, resolved, id=first[0], olga=olga) is None
    assert load(pg, chat_id).owner == "bot"
    owners.take(ana, None)
    assert [row[3] for row in rows(database, told)] == ["resolved", "open"]


def test_operators_are_called_once_for_who_waits(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    for _ in range(2):
        owners.give(ana, None, to="queue")
        owners.give(ana, None)
    calls = "SELECT args FROM procrastinate_jobs WHERE task_name = 'alert_operators'"
    assert rows(database, calls) == [({"user_id": str(ana)},)]


def test_a_connection_that_died_unnoticed_does_not_keep_anybody_from_taking_over(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana = find_user(database)
    pid = value(database, "SELECT pg_backend_pid()")
    with opened(database.url) as other:
        end_backend(other, pid)
    taken = owners.take(ana, None)
    assert taken
    assert (taken.owner, taken.version) == ("human", 1)
