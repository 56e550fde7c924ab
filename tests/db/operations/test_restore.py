"""Restoring: what comes back, and that whatever goes wrong changes nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, exc

from db import schema
from db.engine import parse_url
from db.errors import OperatorError
from db.operations.manifest import path_of_manifest
from db.operations.restore import Order, Outcome, restore, verify
from db.operations.server import (
    connect,
    connect_beside,
    database_of,
    tool_arguments,
    with_database,
)
from db.operations.swap import stop_writes
from tests.db.operations.depot import (
    databases_beside,
    dump_of,
    leaving_no_databases,
    new_pair,
    order_of,
)
from tests.db.sql import change, rows, value, values

ADD = "INSERT INTO users (phone_number) VALUES (:address)"
PEOPLE = "SELECT phone_number FROM users ORDER BY 1"


def brought_back(engine: Engine, url: str, order: Order) -> Outcome:
    """Restore with nobody connected: pools keep what the server cut off."""
    engine.dispose()
    return restore(url, order)


@pytest.fixture(autouse=True)
def swept(database_url: str) -> Iterator[None]:
    with leaving_no_databases(database_url):
        yield


@pytest.fixture
def dump(engine: Engine, database_url: str, tmp_path: Path) -> Path:
    """A backup with Ana in it; Ben came since."""
    change(engine, ADD, address="ana")
    made = dump_of(database_url, tmp_path)
    change(engine, ADD, address="ben")
    return made


def test_a_restore_brings_the_backup_back_and_keeps_what_was(
    engine: Engine, database_url: str, dump: Path
) -> None:
    outcome = brought_back(engine, database_url, order_of(dump))
    assert values(engine, PEOPLE) == ["ana"]
    assert schema.find_fault(engine) is None
    assert databases_beside(database_url) == ["before"]
    assert outcome.before is not None
    with connect(database_url, outcome.before) as before:
        before.execute("INSERT INTO users (phone_number) VALUES ('writable')")
        assert before.execute("SELECT count(*) FROM users").fetchall() == [(3,)]


def test_who_is_connected_is_cut_off_and_finds_the_restored_one(
    engine: Engine, database_url: str, dump: Path
) -> None:
    with connect(database_url) as stays:
        stays.execute("BEGIN")
        stays.execute("UPDATE users SET full_name = 'unsaved'")
        brought_back(engine, database_url, order_of(dump))
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            stays.execute("SELECT 1")
    assert rows(engine, "SELECT phone_number, full_name FROM users") == [("ana", None)]
    change(engine, ADD, address="cleo")


def test_a_sealed_backup_is_restored_with_its_identity(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    change(engine, ADD, address="ana")
    key = new_pair(tmp_path / "identity.txt")
    dump = dump_of(database_url, tmp_path, key)
    change(engine, ADD, address="ben")
    with pytest.raises(OperatorError, match="is encrypted: give --identity"):
        restore(database_url, order_of(dump))
    new_pair(tmp_path / "another.txt")
    with pytest.raises(OperatorError, match=r"can't be decrypted with.*another\.txt"):
        restore(database_url, order_of(dump, tmp_path / "another.txt"))
    (tmp_path / "none.txt").write_text("a key, honestly")
    with pytest.raises(OperatorError, match=r"none\.txt holds no age identity"):
        restore(database_url, order_of(dump, tmp_path / "none.txt"))
    assert values(engine, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database_url) == []
    brought_back(engine, database_url, order_of(dump, tmp_path / "identity.txt"))
    assert values(engine, PEOPLE) == ["ana"]


def cut(dump: Path) -> None:
    dump.write_bytes(dump.read_bytes()[:-1000])


def damage(dump: Path) -> None:
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)


def lose_manifest(dump: Path) -> None:
    path_of_manifest(dump).unlink()


def edit(**known: object) -> Callable[[Path], None]:
    def edit_manifest(dump: Path) -> None:
        path = path_of_manifest(dump)
        path.write_text(json.dumps({**json.loads(path.read_text()), **known}))

    return edit_manifest


def miscount(dump: Path) -> None:
    rows = json.loads(path_of_manifest(dump).read_text())["rows"]
    edit(rows={**rows, "public.users": 7})(dump)


def fill_with(content: bytes) -> Callable[[Path], None]:
    """Put something else in the dump's place, with a manifest that fits."""

    def replace_dump(dump: Path) -> None:
        dump.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        edit(size=len(content), sha256=digest)(dump)

    return replace_dump


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(cut, "bytes and should have", id="cut off"),
        pytest.param(damage, "is damaged: its sha256", id="one bit"),
        pytest.param(lose_manifest, "json is missing", id="no manifest"),
        pytest.param(edit(format=2), "not of format 1", id="another format"),
        pytest.param(miscount, "users has 1 rows, not 7", id="rows"),
        pytest.param(edit(migration="9999"), "does not know", id="newer"),
        pytest.param(
            fill_with(b"SELECT 1;" * 500),
            "pg_restore: error: .*magic string",
            id="no dump",
        ),
        pytest.param(fill_with(b""), "too short|end of file", id="empty"),
    ],
)
def test_what_is_not_whole_changes_nothing(
    spoil: Callable[[Path], None],
    told: str,
    engine: Engine,
    database_url: str,
    dump: Path,
) -> None:
    spoil(dump)
    for run in (restore, verify):
        with pytest.raises(OperatorError, match=told):
            run(database_url, order_of(dump))
    assert values(engine, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database_url) == []
    change(engine, ADD, address="cleo")  # not even read-only


def test_a_drill_changes_nothing_and_stops_nobody(
    engine: Engine, database_url: str, dump: Path
) -> None:
    with engine.connect() as stays:
        outcome = verify(database_url, order_of(dump))
        assert stays.exec_driver_sql("SELECT count(*) FROM users").scalar() == 2
    assert outcome.manifest.rows["public.users"] == 1
    assert values(engine, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database_url) == []


def test_an_older_backup_is_migrated(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    change(engine, ADD, address="ana")
    schema.downgrade(database_url, "0001")
    dump = dump_of(database_url, tmp_path)
    schema.upgrade(database_url)
    assert (
        brought_back(engine, database_url, order_of(dump)).manifest.migration == "0001"
    )
    assert schema.find_fault(engine) is None
    assert values(engine, PEOPLE) == ["ana"]


def test_a_restore_that_was_cut_short_is_repeated(
    engine: Engine, database_url: str, dump: Path
) -> None:
    with connect_beside(database_url) as beside:
        stop_writes(beside, database_of(database_url))
    engine.dispose()
    with pytest.raises(exc.InternalError, match="read-only"):
        change(engine, ADD, address="cleo")
    brought_back(engine, database_url, order_of(dump))
    change(engine, ADD, address="cleo")
    assert values(engine, PEOPLE) == ["ana", "cleo"]


def test_a_database_that_is_gone_comes_back(database_url: str, dump: Path) -> None:
    with connect_beside(database_url) as beside:
        beside.execute(
            f"DROP DATABASE {database_of(database_url)} WITH (FORCE)".encode()
        )
    outcome = restore(database_url, order_of(dump))
    assert (outcome.before, outcome.unread) == (None, "there is none")
    with connect(database_url) as restored:
        assert restored.execute(PEOPLE.encode()).fetchall() == [("ana",)]


def test_a_server_that_is_away_is_told(database_url: str, dump: Path) -> None:
    away = parse_url(database_url).set(port=1).render_as_string(hide_password=False)
    with pytest.raises(OperatorError, match=r"the restore failed: .*refused") as told:
        restore(away, order_of(dump))
    assert (parse_url(database_url).password or "-") not in str(told.value)


def test_programs_get_the_password_by_the_environment() -> None:
    url = "postgres://bot:s3cret%2F@db.example:6543/chats?sslmode=require"
    shown, environment = tool_arguments(url)
    assert shown == "postgresql://bot@db.example:6543/chats?sslmode=require"
    assert environment["PGPASSWORD"] == "s3cret/"
    assert with_database(url, "other").endswith(":6543/other?sslmode=require")


def test_nothing_is_lost_of_jobs_and_numbers(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    """What a worker in the old database has in hand is no job's number in the new."""
    defer = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('q', 't', '{}') RETURNING id
    """
    first = value(engine, defer)
    dump = dump_of(database_url, tmp_path)
    in_hand = [value(engine, defer) for _ in range(5)][-1]
    brought_back(engine, database_url, order_of(dump))
    assert values(engine, "SELECT id FROM procrastinate_jobs") == [first]
    assert value(engine, defer) > in_hand
