"""Tombstones in the database and in the file beside the backups."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.database import Database
from db.errors import OperatorError
from db.privacy.tombstones import (
    FILE_NAME,
    Tombstone,
    append_missing,
    check_key,
    find_key,
    hash_address,
    make_key,
    read_tombstone_file,
    read_tombstones,
    record_tombstones,
)

KEY = b"the key of the tests"
NOW = datetime.now(UTC)


def bury(database: Database, *addresses: str, at: datetime = NOW) -> list[Tombstone]:
    tombstones = [Tombstone(hash_address(KEY, address), at) for address in addresses]
    with database.transaction() as connection:
        record_tombstones(connection, tombstones)
    return tombstones


def test_the_later_moment_counts(database: Database) -> None:
    bury(database, "a", "a")
    (later,) = bury(database, "a", at=NOW + timedelta(days=1))
    bury(database, "a", at=NOW - timedelta(days=1))
    assert list(read_tombstones(database)) == [later]


def test_more_tombstones_than_one_batch(database: Database) -> None:
    bury(database, *(f"whatsapp:+1{number}" for number in range(2500)))
    assert len(list(read_tombstones(database))) == 2500


def test_the_file_gets_what_it_lacks_once(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    first = bury(database, "a", "b")
    assert append_missing(database, folder) == 2
    assert append_missing(database, folder) == 0
    second = bury(database, "c")
    assert append_missing(database, folder) == 1
    written = list(read_tombstone_file(folder / FILE_NAME))
    assert set(written) == {*first, *second}
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_half_a_line_is_read_over_and_mended(
    database: Database, tmp_path: Path
) -> None:
    found = set(bury(database, "a", "b"))
    append_missing(database, tmp_path)
    file = tmp_path / FILE_NAME
    whole = file.read_text()
    file.write_text(whole[:-20])
    assert len(list(read_tombstone_file(file))) == 1
    assert append_missing(database, tmp_path) == 1
    assert set(read_tombstone_file(file)) == found


def test_a_spoilt_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    file.write_text('{"address_hash": "x"}\n')
    with pytest.raises(OperatorError, match="line 1, is no tombstone"):
        list(read_tombstone_file(file))


def test_no_file_means_no_tombstones(tmp_path: Path) -> None:
    assert list(read_tombstone_file(tmp_path / FILE_NAME)) == []


def test_tombstones_of_another_key_are_noticed(database: Database) -> None:
    bury(database, "a")
    with database.transaction() as connection:
        check_key(connection, KEY)
        with pytest.raises(OperatorError, match="1 tombstones of erased people"):
            check_key(connection, b"another key")


def test_the_setting_is_the_key_else_a_file_that_is_made_once(tmp_path: Path) -> None:
    assert find_key("from the settings", tmp_path) == b"from the settings"
    assert find_key(None, tmp_path) is None
    path = make_key(tmp_path / "new")
    key = find_key(None, tmp_path / "new")
    assert key is not None
    assert len(key) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    make_key(tmp_path / "new")
    assert find_key(None, tmp_path / "new") == key
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["erasure.key"]


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "erasure.key").touch()
    with pytest.raises(OperatorError, match="is empty"):
        find_key(None, tmp_path)
