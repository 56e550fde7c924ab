"""Sessions: how they hold, and how they end."""

import pytest

from db.database import Database
from db.logins.sessions import (
    MOST_PER_USER,
    end_listed_session,
    end_session,
    end_sessions,
    find_session,
    list_sessions,
    open_session,
)
from tests.db.logins.cheap import add_account
from tests.db.sql import change, value

SEEN = "SELECT seen_at > now() - interval '30 seconds' FROM login_sessions"


def test_a_session_is_found_by_its_cookie_alone(database: Database) -> None:
    olga = add_account(database)
    token = open_session(database, olga.user_id, "127.0.0.1", "Firefox\x00" * 100)
    stored = value(database, "SELECT token_hash FROM login_sessions")
    found = find_session(database, token)
    assert found is not None
    assert (found.user_id, found.email, found.role) == (
        olga.user_id,
        olga.email,
        "supporter",
    )
    (listed,) = list_sessions(database, olga.user_id)
    for wrong in (stored.hex(), listed.number, token[:-1], "", "\ud800"):
        assert find_session(database, wrong) is None
    assert len(listed.user_agent or "") == 200


@pytest.mark.parametrize(
    "what",
    [
        "UPDATE login_sessions SET seen_at = now() - interval '8h 1s'",
        "UPDATE login_sessions SET created_at = now() - interval '7d 1s'",
        "UPDATE users SET is_active = false",
        "UPDATE users SET role = 'user'",
        "DELETE FROM login_sessions",
    ],
)
def test_a_session_ends(database: Database, what: str) -> None:
    token = open_session(database, add_account(database).user_id, None, None)
    assert find_session(database, token)
    change(database, what)
    assert find_session(database, token) is None


def test_use_is_noted_once_a_minute_at_most(database: Database) -> None:
    token = open_session(database, add_account(database).user_id, None, None)
    for ago, touching, seen in (("59s", True, False), ("61s", False, False),
                                ("61s", True, True)):  # fmt: skip
        change(
            database,
            "UPDATE login_sessions SET seen_at = now() - %(ago)s::interval", ago=ago,
        )  # fmt: skip
        assert find_session(database, token, touching=touching)
        assert value(database, SEEN) is seen


def test_a_person_has_a_bounded_number(database: Database) -> None:
    olga = add_account(database)
    tokens = [
        open_session(database, olga.user_id, None, str(number))
        for number in range(MOST_PER_USER + 2)
    ]
    assert [find_session(database, t) is None for t in tokens[:3]] == [
        True,
        True,
        False,
    ]
    assert len(list_sessions(database, olga.user_id)) == MOST_PER_USER


def test_one_is_ended_by_its_owner_and_all_but_one(database: Database) -> None:
    olga, eve = (
        add_account(database),
        add_account(database, "admin", "eve@shop.example"),
    )
    first, second, third = (
        open_session(database, olga.user_id, None, None) for _ in range(3)
    )
    number = list_sessions(database, olga.user_id)[0].number
    assert not end_listed_session(database, eve.user_id, number)
    assert end_listed_session(database, olga.user_id, number)
    assert find_session(database, third) is None
    assert end_sessions(database, olga.user_id, but=first) == 1
    assert find_session(database, second) is None
    end_session(database, first)
    assert find_session(database, first) is None
