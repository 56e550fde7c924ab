"""Chats that closed before search folded accents: found as before, and then better."""

import threading
from collections.abc import Iterator

import pytest

from db import schema
from db.database import Database
from db.errors import OperatorError
from db.privacy.ages import Ages
from db.privacy.retention import INDEXED, run_retention
from tests.db.privacy import aging
from tests.db.queries.past_chats import add_chat, find
from tests.db.sql import (
    appears,
    change,
    end_backend,
    holding,
    opened,
    rows,
    value,
    waiting_backends,
)

BEFORE, AFTER = "0015", "head"  # 0016 asks for it, and all runs at the newest
MANY = 60  # more than two windows
# Nothing else is due.
AGES = Ages(
    close_idle=None, archive=None, delete_archived=None, drop_system_messages=None,
    drop_records=aging.DAY,
)  # fmt: skip
FOLDED = "SELECT count(*) FROM {} WHERE search_tsv @@ 'cafe'"
WRITTEN = "SELECT chat_id, xmin::text FROM userchats"
LEFT = "SELECT table_name, after_chat_id <> '' FROM chats_to_index ORDER BY 1"


@pytest.fixture
def older(empty_database_url: str) -> Iterator[Database]:
    """A database in which search does not fold yet."""
    with opened(empty_database_url) as database:
        schema.upgrade(database, BEFORE)
        yield database


def fill(database: Database, number: int, state: str = "closed") -> None:
    for n in range(number):
        add_chat(database, f"Café {n} 日本語", state=state)


def run(database: Database) -> dict[str, int]:
    return aging.run(database, AGES)


def folded(database: Database, table: str = "userchats") -> int:
    return int(value(database, FOLDED.format(table)))


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_what_closed_before_is_found_as_before_then_better_and_on_the_way_back(
    older: Database, state: str
) -> None:
    table = "userchats_archive" if state == "archived" else "userchats"
    query = f"SELECT search_tsv::text, updated_at FROM {table}"  # noqa: S608
    add_chat(older, "Café 🍞", "日本語", state=state)
    before = rows(older, query)
    schema.upgrade(older, AFTER)
    assert rows(older, query) == before
    assert find(older, "CAFÉ") == ["Café 🍞"]
    assert find(older, "日本語") == ["日本語"]
    assert find(older, "日*") == ["日本語"]
    assert run(older) == {INDEXED: 1}
    assert rows(older, query) == [("'cafe' '日' '日本' '本語' '語'", before[0][1])]
    assert find(older, "cafe") == ["Café 🍞"]
    assert find(older, "本語") == ["日本語"]
    schema.downgrade(older, BEFORE)
    assert rows(older, query) == before
    assert find(older, "café") == ["Café 🍞"]
    schema.upgrade(older, AFTER)
    assert run(older) == {INDEXED: 1}
    assert find(older, "cafe") == ["Café 🍞"]


def test_only_what_search_reads_differently_is_written(older: Database) -> None:
    add_chat(older, "plain ASCII")
    add_chat(older, "só um café", state="active")
    accented = add_chat(older, "é")
    schema.upgrade(older, AFTER)
    before = dict(rows(older, WRITTEN))
    assert run(older) == {INDEXED: 1}
    after = dict(rows(older, WRITTEN))
    assert {chat for chat in after if before[chat] != after[chat]} == {accented}


def test_when_all_is_done_no_place_is_left_and_nothing_is_said(
    older: Database, database: Database
) -> None:
    fill(older, 1, "archived")
    schema.upgrade(older, AFTER)
    assert rows(older, LEFT) == [("userchats", False), ("userchats_archive", False)]
    assert run(older) == {INDEXED: 1}
    for done in (older, database):
        assert rows(done, LEFT) == []
        assert INDEXED not in [purged.name for purged in run_retention(done, AGES)]


def test_a_run_that_is_stopped_goes_on_where_it_was(older: Database) -> None:
    fill(older, MANY)
    schema.upgrade(older, AFTER)
    looks = iter([False] * 11)  # ten steps, and the first of these
    (*_, part) = run_retention(older, AGES, stopping=lambda: next(looks, True))
    assert (part.name, part.amount, part.whole) == (INDEXED, 25, False)
    assert rows(older, LEFT)[0] == ("userchats", True)
    assert folded(older) == 25
    assert run(older) == {INDEXED: MANY - 25}
    assert folded(older) == MANY


def test_a_run_that_is_killed_leaves_nothing_half_done(older: Database) -> None:
    fill(older, MANY)
    schema.upgrade(older, AFTER)
    last = value(older, "SELECT max(chat_id) FROM userchats")
    broken: list[Exception] = []

    def go() -> None:
        try:
            run(older)
        except OperatorError as error:
            broken.append(error)

    held = f"SELECT 1 FROM userchats WHERE chat_id = '{last}' FOR UPDATE"  # noqa: S608
    running = threading.Thread(target=go)
    with holding(older, held):
        running.start()
        assert appears(lambda: waiting_backends(older))
        end_backend(older, waiting_backends(older)[0])
        running.join()
    assert "the database is away" in str(broken)
    assert folded(older) == 50
    assert run(older) == {INDEXED: MANY - 50}


def test_a_chat_that_is_moved_to_the_archive_meanwhile_is_not_left_out(
    older: Database,
) -> None:
    fill(older, 1)
    schema.upgrade(older, AFTER)
    with older.transaction(idle_seconds=60) as connection:
        connection.count("""
            WITH moved AS (DELETE FROM userchats RETURNING *)
            INSERT INTO userchats_archive (chat_id, customer_id, messages, created_at,
                                           updated_at, search_tsv)
            SELECT chat_id, customer_id, messages, created_at, updated_at, search_tsv
            FROM moved""")
        assert run(older) == {}  # it waits, and gives way
    assert rows(older, LEFT)[0] == ("userchats", False)
    assert run(older) == {INDEXED: 1}
    assert folded(older, "userchats_archive") == 1


def test_two_runs_at_once_are_one(older: Database) -> None:
    fill(older, 3)
    schema.upgrade(older, AFTER)
    with holding(older, "SELECT FROM chats_to_index FOR UPDATE"):
        assert run(older) == {}
    assert run(older) == {INDEXED: 3}


def test_the_migration_waits_for_who_is_closing_a_chat(older: Database) -> None:
    add_chat(older, "Café", state="active")
    migrating = threading.Thread(target=schema.upgrade, args=(older, AFTER))
    with holding(older, "UPDATE userchats SET is_active = false"):
        migrating.start()
        assert appears(lambda: waiting_backends(older))
    migrating.join()
    assert run(older) == {INDEXED: 1}
    assert find(older, "cafe") == ["Café"]


def test_a_chat_that_closes_later_is_indexed_as_it_closes(older: Database) -> None:
    add_chat(older, "Café", state="active")
    schema.upgrade(older, AFTER)
    assert run(older) == {}
    change(older, "UPDATE userchats SET is_active = false")
    assert folded(older) == 1
