"""Canned replies: kept by title, and filled in."""

import pytest

from db.database import Database
from db.errors import OperatorError
from db.support.canned import (
    LONGEST_TITLE,
    MOST_REPLIES,
    CannedReply,
    add_canned,
    change_canned,
    list_canned,
    remove_canned,
)
from tests.db.sql import change


def bodies(database: Database) -> dict[str, str]:
    with database.transaction() as connection:
        return {canned.title: canned.body for canned in list_canned(connection)}


def test_they_are_added_changed_and_removed(database: Database) -> None:
    with database.transaction() as connection:
        hello = add_canned(connection, "  Hello \n there ", " Hello {name}! ")
        bye = add_canned(connection, "Bye", "Bye.")
    assert bodies(database) == {"Bye": "Bye.", "Hello there": "Hello {name}!"}
    with database.transaction() as connection:
        assert change_canned(connection, hello, "Hello", "Hi {name}!")
        assert remove_canned(connection, bye)
        assert not remove_canned(connection, bye)
        assert not change_canned(connection, bye, "Bye", "Bye.")
    assert bodies(database) == {"Hello": "Hi {name}!"}


def test_a_title_stands_once_and_neither_is_lost(database: Database) -> None:
    with database.transaction() as connection:
        add_canned(connection, "Hello", "Hello.")
        other = add_canned(connection, "Bye", "Bye.")
    with (
        pytest.raises(OperatorError, match="already"),
        database.transaction() as connection,
    ):
        add_canned(connection, "Hello", "Another.")
    with (
        pytest.raises(OperatorError, match="already"),
        database.transaction() as connection,
    ):
        change_canned(connection, other, "Hello", "Another.")
    assert bodies(database) == {"Bye": "Bye.", "Hello": "Hello."}


@pytest.mark.parametrize(
    ("title", "body"), [("", "Hi."), ("Hi", "  "), ("x" * (LONGEST_TITLE + 1), "Hi.")]
)
def test_an_empty_or_endless_one_is_refused(
    database: Database, title: str, body: str
) -> None:
    with pytest.raises(OperatorError), database.transaction() as connection:
        add_canned(connection, title, body)
    assert bodies(database) == {}


def test_there_is_a_bound(database: Database) -> None:
    change(
        database,
        "INSERT INTO canned_replies (title, body)"
        " SELECT n::text, 'x' FROM generate_series(1, %(most)s) AS n",
        most=MOST_REPLIES,
    )
    with (
        pytest.raises(OperatorError, match="remove one"),
        database.transaction() as connection,
    ):
        add_canned(connection, "One more", "x")


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    canned = CannedReply(id=1, title="t", body="{name}, I am {operator}: {ticket} {x}")
    known = {"name": "{operator} {ticket}", "operator": "Olga", "ticket": "#7"}
    assert canned.filled(known) == "{operator} {ticket}, I am Olga: #7 {x}"
