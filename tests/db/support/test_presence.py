"""Who looks at a chat: stored rarely, over within a minute."""

from uuid import UUID, uuid4

import pytest

from db.database import Database
from db.support.presence import find_lookers, look
from tests.db.sql import change, rows, value

SEEN = "SELECT seen_at, read_turns FROM support_sessions"
AGE = "UPDATE support_sessions SET seen_at = seen_at - %(by)s::interval"


def somebody(database: Database, name: str) -> UUID:
    found: UUID = value(
        database,
        "INSERT INTO users (email, full_name) VALUES (%(name)s, %(name)s)"
        " RETURNING user_id",
        name=name,
    )
    return found


@pytest.fixture
def olga(database: Database) -> UUID:
    return somebody(database, "Olga")


@pytest.fixture
def ana(database: Database) -> UUID:
    return somebody(database, "Ana")


def looks(database: Database, operator: UUID, user: UUID, turns: int = 1) -> bool:
    with database.transaction() as connection:
        return look(connection, operator, user, turns)


def seen_by(database: Database, operator: UUID, user: UUID) -> list[str]:
    with database.transaction() as connection:
        return [found.name for found in find_lookers(connection, operator, user)]


def test_another_operator_is_seen_for_a_minute(
    database: Database, olga: UUID, ana: UUID
) -> None:
    pete = somebody(database, "Pete")
    looks(database, olga, ana)
    looks(database, pete, ana)
    assert seen_by(database, olga, ana) == ["Pete"]
    assert seen_by(database, pete, ana) == ["Olga"]
    change(database, AGE, by="61 s")
    assert seen_by(database, olga, ana) == []


def test_it_is_stored_at_most_every_15_seconds_unless_more_was_read(
    database: Database, olga: UUID, ana: UUID
) -> None:
    looks(database, olga, ana)
    first = rows(database, SEEN)
    looks(database, olga, ana)
    assert rows(database, SEEN) == first
    looks(database, olga, ana, turns=2)
    ((at, turns),) = rows(database, SEEN)
    assert at > first[0][0]
    assert turns == 2
    change(database, AGE, by="16 s")
    looks(database, olga, ana, turns=2)
    assert rows(database, SEEN)[0][0] > at


def test_a_visit_goes_on_until_a_minute_without_a_look(
    database: Database, olga: UUID, ana: UUID
) -> None:
    assert not looks(database, olga, ana)
    assert looks(database, olga, ana)
    change(database, AGE, by="2 min")
    assert not looks(database, olga, ana)


def test_of_who_was_erased_nothing_is_stored(database: Database, olga: UUID) -> None:
    assert not looks(database, olga, uuid4())
    assert rows(database, SEEN) == []
