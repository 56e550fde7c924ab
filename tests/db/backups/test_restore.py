"""Restoring: what comes back, and that whatever goes wrong changes nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from db import schema
from db.address import parse_url, plain, with_database
from db.backups.manifest import path_of_manifest, read_manifest
from db.backups.programs import arguments_for
from db.backups.restore import Outcome, RestoreRequest, restore, verify
from db.beside.new_database import drop, stop_writes
from db.database import Database
from db.errors import OperatorError
from tests.db.backups.kept import (
    databases_beside,
    dump_of,
    leaving_no_databases,
    new_pair,
    order_of,
    signed_again,
)
from tests.db.sql import PATIENT, change, opened, rows, value, values

ADD = "INSERT INTO users (phone_number) VALUES (%(address)s)"
PEOPLE = "SELECT phone_number FROM users ORDER BY 1"


def brought_back(database: Database, order: RestoreRequest) -> Outcome:
    """Restore with nobody connected: pools keep what the server cut off."""
    database.close()
    return restore(database, order)


@pytest.fixture(autouse=True)
def swept(database: Database) -> Iterator[None]:
    with leaving_no_databases(database):
        yield


@pytest.fixture
def dump(database: Database, tmp_path: Path) -> Path:
    """A backup with Ana in it; Ben came since."""
    change(database, ADD, address="ana")
    made = dump_of(database, tmp_path)
    change(database, ADD, address="ben")
    return made


def test_a_restore_brings_the_backup_back_and_keeps_what_was(
    database: Database, dump: Path
) -> None:
    outcome = brought_back(database, order_of(dump))
    assert values(database, PEOPLE) == ["ana"]
    assert schema.find_fault(database) is None
    assert databases_beside(database) == ["before"]
    assert outcome.before is not None
    with opened(with_database(database.url, outcome.before)) as before:
        change(before, ADD, address="writable")
        assert value(before, "SELECT count(*) FROM users") == 3


def test_who_is_connected_is_cut_off_and_finds_the_restored_one(
    database: Database, dump: Path
) -> None:
    with psycopg.connect(database.url) as stays:
        stays.execute("UPDATE users SET full_name = 'unsaved'")
        brought_back(database, order_of(dump))
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            stays.execute("SELECT 1")
    assert rows(database, "SELECT phone_number, full_name FROM users") == [
        ("ana", None)
    ]
    change(database, ADD, address="cleo")


def test_a_sealed_backup_is_restored_with_its_identity(
    database: Database, tmp_path: Path
) -> None:
    change(database, ADD, address="ana")
    key = new_pair(tmp_path / "identity.txt")
    dump = dump_of(database, tmp_path, key)
    change(database, ADD, address="ben")
    with pytest.raises(OperatorError, match="is encrypted: give --identity"):
        restore(database, order_of(dump))
    new_pair(tmp_path / "another.txt")
    with pytest.raises(OperatorError, match=r"can't be decrypted with.*another\.txt"):
        restore(database, order_of(dump, tmp_path / "another.txt"))
    (tmp_path / "none.txt").write_text("a key, honestly")
    with pytest.raises(OperatorError, match=r"none\.txt holds no age identity"):
        restore(database, order_of(dump, tmp_path / "none.txt"))
    assert values(database, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database) == []
    brought_back(database, order_of(dump, tmp_path / "identity.txt"))
    assert values(database, PEOPLE) == ["ana"]


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


def come_from_newer_code(dump: Path) -> None:
    signed_again(dump, migration="9999")


def miscount(dump: Path) -> None:
    signed_again(dump, rows={**read_manifest(dump).rows, "public.users": 7})


def fill_with(content: bytes) -> Callable[[Path], None]:
    """Put something else in the dump's place, with a manifest that fits."""

    def replace_dump(dump: Path) -> None:
        dump.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        signed_again(dump, size=len(content), sha256=digest)

    return replace_dump


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(cut, "bytes and should have", id="cut off"),
        pytest.param(damage, "is damaged: its sha256", id="one bit"),
        pytest.param(lose_manifest, "json is missing", id="no manifest"),
        pytest.param(edit(format=3), "not of format 2", id="another format"),
        pytest.param(miscount, "users has 1 rows, not 7", id="rows"),
        pytest.param(come_from_newer_code, "does not know", id="newer"),
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
    database: Database,
    dump: Path,
) -> None:
    spoil(dump)
    for run in (restore, verify):
        with pytest.raises(OperatorError, match=told):
            run(database, order_of(dump))
    assert values(database, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database) == []
    change(database, ADD, address="cleo")  # not even read-only


def test_a_drill_changes_nothing_and_stops_nobody(
    database: Database, dump: Path
) -> None:
    with database.transaction() as stays:
        outcome = verify(database, order_of(dump))
        assert stays.scalar("SELECT count(*) FROM users") == 2
    assert outcome.manifest.rows["public.users"] == 1
    assert values(database, PEOPLE) == ["ana", "ben"]
    assert databases_beside(database) == []


def test_an_older_backup_is_migrated(database: Database, tmp_path: Path) -> None:
    change(database, ADD, address="ana")
    schema.downgrade(database, "0001")
    dump = dump_of(database, tmp_path)
    schema.upgrade(database)
    assert brought_back(database, order_of(dump)).manifest.migration == "0001"
    assert schema.find_fault(database) is None
    assert values(database, PEOPLE) == ["ana"]


def test_a_restore_that_was_cut_short_is_repeated(
    database: Database, dump: Path
) -> None:
    with database.maintenance(PATIENT) as beside:
        stop_writes(beside, database.name)
    database.close()
    with pytest.raises(errors.ReadOnlySqlTransaction, match="read-only"):
        change(database, ADD, address="cleo")
    brought_back(database, order_of(dump))
    change(database, ADD, address="cleo")
    assert values(database, PEOPLE) == ["ana", "cleo"]


def test_a_database_that_is_gone_comes_back(database: Database, dump: Path) -> None:
    with database.maintenance(PATIENT) as beside:
        drop(beside, database.name)
    outcome = restore(database, order_of(dump))
    assert outcome.replaced is not None
    assert (outcome.before, outcome.replaced.unread) == (None, "there is none")
    assert values(database, PEOPLE) == ["ana"]


def test_a_server_that_is_away_is_told(database_url: str, dump: Path) -> None:
    away = plain(parse_url(database_url).set(port=1))
    refused = pytest.raises(OperatorError, match=r"the restore failed: .*refused")
    with opened(away) as database, refused as told:
        restore(database, order_of(dump))
    assert (parse_url(database_url).password or "-") not in str(told.value)


def test_programs_get_the_password_by_the_environment() -> None:
    url = "postgres://bot:s3cret%2F@db.example:6543/chats?sslmode=require"
    shown, environment = arguments_for(url)
    assert shown == "postgresql://bot@db.example:6543/chats?sslmode=require"
    assert environment["PGPASSWORD"] == "s3cret/"
    assert with_database(url, "other").endswith(":6543/other?sslmode=require")


def test_nothing_is_lost_of_jobs_and_numbers(
    database: Database, tmp_path: Path
) -> None:
    """What a worker in the old database has in hand is no job's number in the new."""
    defer = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('q', 't', '{}') RETURNING id
    """
    first = value(database, defer)
    dump = dump_of(database, tmp_path)
    in_hand = [value(database, defer) for _ in range(5)][-1]
    brought_back(database, order_of(dump))
    assert values(database, "SELECT id FROM procrastinate_jobs") == [first]
    assert value(database, defer) > in_hand
