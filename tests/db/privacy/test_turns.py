"""Old notes are looked for in turns: each hour goes on where the last one stopped."""

from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.retention import Bounds
from tests.db.privacy.aging import AGES, run
from tests.db.sql import change, holding, rows, take_in, value
from tests.records import ANA, said

MANY = 1700  # three windows, and some more
NOTES = "system messages dropped"
ARCHIVED_NOTES = "archived system messages dropped"
ONLY_NOTES = replace(AGES, close_idle=None, archive=None)
# A day apart, the oldest first; each has one old note.
CHATS = """
INSERT INTO {table} (chat_id, customer_id, is_active, messages, created_at, updated_at)
SELECT lpad(to_hex(n), 16, '0'), user_id, false, jsonb_build_array(jsonb_build_object(
         'role', 'system', 'content', 'a note', 'timestamp', '2020-01-01T00:00Z')),
       now() - make_interval(days => 40 + %(many)s - n), now() - interval '40 days'
FROM users, generate_series(1, %(many)s) AS n
"""
LEFT = "SELECT count(*) FROM {table} WHERE messages @? '$[*] ? (@.role == \"system\")'"
PLACE = """
SELECT table_name, after_chat_id FROM retention_places ORDER BY table_name
"""


@pytest.fixture
def table(
    request: pytest.FixtureRequest, database: Database, pg: PostgresChatStore
) -> str:
    """A table full of chats with old notes."""
    take_in(pg, said("Hello", ANA))
    name = str(getattr(request, "param", "userchats"))
    change(database, CHATS.format(table=name), many=MANY)
    return name


def notes(table: str) -> str:
    return NOTES if table == "userchats" else ARCHIVED_NOTES


def left(database: Database, table: str) -> int:
    return int(value(database, LEFT.format(table=table)))


def one_turn(database: Database, turn: int = 1) -> dict[str, int]:
    return run(database, ONLY_NOTES, bounds=Bounds(turn=turn))


@pytest.mark.parametrize("table", ["userchats", "userchats_archive"], indirect=True)
def test_each_run_goes_on_where_the_last_one_stopped(
    database: Database, table: str
) -> None:
    assert one_turn(database) == {notes(table): 500}
    assert rows(database, PLACE) == [(table, f"{500:016x}")]
    change(database, f"UPDATE {table} SET messages = messages")  # noqa: S608
    assert one_turn(database, 2) == {notes(table): 1000}
    assert rows(database, PLACE) == [(table, f"{1500:016x}")]
    assert one_turn(database, 2) == {notes(table): 200}
    assert rows(database, PLACE) == []
    assert left(database, table) == 0


def test_after_the_last_chat_the_first_one_has_its_turn_again(
    database: Database, table: str
) -> None:
    while one_turn(database):
        pass
    again = CHATS.format(table=table).replace("to_hex(n)", "'abcd' || to_hex(n)")
    change(database, again, many=1)
    found = 0
    for _ in range(MANY // 500 + 1):
        found += one_turn(database).get(notes(table), 0)
    assert found == 1


def test_a_whole_run_looks_at_all_of_them_wherever_the_place_is(
    database: Database, table: str
) -> None:
    one_turn(database)
    change(database, CHATS.format(table=table).replace("(n)", "(90000 + n)"), many=MANY)
    assert run(database, ONLY_NOTES, dry_run=True) == {notes(table): 2 * MANY - 500}
    assert run(database, ONLY_NOTES) == {notes(table): 2 * MANY - 500}
    assert left(database, table) == 0


def test_what_comes_after_has_its_time(database: Database, table: str) -> None:
    change(database, "UPDATE userchats SET created_at = created_at - interval '1 year'")
    change(database, "UPDATE userchats SET updated_at = created_at")
    done = run(database, replace(AGES, close_idle=None), bounds=Bounds(turn=1))
    assert done["closed chats archived"] == MANY
    assert done[notes(table)] == 500


def test_two_runs_at_once_share_the_work(database: Database, table: str) -> None:
    one_turn(database)
    with holding(database, "SELECT FROM retention_places FOR UPDATE"):
        assert one_turn(database) == {}  # it waits, and gives way
    assert one_turn(database) == {notes(table): 500}


def test_what_is_taken_back_is_looked_at_again(database: Database, table: str) -> None:
    place = "INSERT INTO retention_places VALUES (%(table)s, now(), 'ffffffffffffffff')"
    change(database, place, table=table)
    assert one_turn(database) == {}
    assert rows(database, PLACE) == []
    assert one_turn(database) == {notes(table): 500}
