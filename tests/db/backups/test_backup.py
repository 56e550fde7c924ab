"""Backups: whole or not at all, for their owner's eyes, and sealed if a key is set."""

import fcntl
import hashlib
import io
import json
import threading
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest

from db import schema
from db.address import with_database
from db.backups.backup import make_backup
from db.backups.folder import BackupFolder
from db.backups.manifest import path_of_manifest, read_manifest
from db.backups.restore import verify
from db.database import Database
from db.errors import OperatorError
from tests.db.backups.kept import KEY, dump_of, new_pair, order_of
from tests.db.sql import change, opened

ANA = "INSERT INTO users (phone_number) VALUES ('whatsapp:+15551230001')"
MANY = "INSERT INTO users (phone_number) SELECT gen_random_uuid() FROM generate_series"


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.name != ".lock")


def test_a_backup_is_a_dump_and_a_manifest(database: Database, tmp_path: Path) -> None:
    change(database, ANA)
    folder = tmp_path / "new" / "backups"
    dump, manifest = make_backup(database, BackupFolder(folder), KEY, "before-the-fair")
    assert names_in(folder) == ["before-the-fair.dump", "before-the-fair.dump.json"]
    assert dump.read_bytes().startswith(b"PGDMP")
    assert read_manifest(dump) == manifest
    assert manifest.size == dump.stat().st_size
    assert manifest.sha256 == hashlib.sha256(dump.read_bytes()).hexdigest()
    assert manifest.database == database.name
    assert manifest.migration == schema.head()
    assert manifest.rows["public.users"] == 1
    assert manifest.rows["procrastinate.procrastinate_jobs"] == 0
    assert (manifest.automatic, manifest.encryption) == (False, None)


def test_nobody_else_may_read_it(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    dump = dump_of(database, folder)
    modes = [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600, 0o600, 0o600]
    assert json.loads(path_of_manifest(dump).read_text())["automatic"] is True


def test_the_manifest_counts_what_the_dump_holds_while_people_write(
    database: Database, tmp_path: Path
) -> None:
    enough = threading.Event()

    def write() -> None:
        while not enough.is_set():
            change(database, MANY + "(1, 20)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        dump = dump_of(database, tmp_path)
    finally:
        enough.set()
        writer.join()
    verify(database, order_of(dump))  # which compares the rows


def test_a_sealed_backup_is_never_plain_on_disk(
    database: Database, tmp_path: Path
) -> None:
    change(database, ANA)
    key = new_pair(tmp_path / "identity.txt")
    seen: set[bytes] = set()

    def look(_size: int) -> None:
        seen.update(file.read_bytes()[:5] for file in tmp_path.glob("*.partial"))

    dump, manifest = make_backup(
        database, BackupFolder(tmp_path, key), KEY, "sealed", look
    )
    assert dump.name == "sealed.dump.age"
    assert manifest.encryption == "age"
    assert dump.read_bytes().startswith(b"age-encryption.org/v1")
    assert seen <= {b"", b"age-e"}
    secret = (tmp_path / "identity.txt").read_text().splitlines()[-1]
    opened = io.BytesIO()
    identity = pyrage.x25519.Identity.from_str(secret)
    pyrage.decrypt_io(io.BytesIO(dump.read_bytes()), opened, [identity])
    assert opened.getvalue().startswith(b"PGDMP")


def test_what_crashes_left_is_swept_up(database: Database, tmp_path: Path) -> None:
    (tmp_path / "half.dump.partial").write_bytes(b"PGDMP")
    (tmp_path / "half.dump.json").write_text("{}")
    (tmp_path / "erasures.jsonl").write_text("")
    dump = dump_of(database, tmp_path)
    assert names_in(tmp_path) == ["erasures.jsonl", dump.name, f"{dump.name}.json"]


def test_a_backup_that_fails_leaves_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="BACKUP_PUBLIC_KEY is no age public key"):
        make_backup(database, BackupFolder(tmp_path, "age1" + "q" * 58), KEY)
    gone = with_database(database.url, f"{database.name}_gone")
    told = pytest.raises(OperatorError, match="the backup failed: the server has no d")
    with opened(gone) as nothing, told:
        make_backup(nothing, BackupFolder(tmp_path), KEY)
    assert names_in(tmp_path) == []


def test_a_disk_that_is_full_leaves_nothing(database: Database, tmp_path: Path) -> None:
    def no_space(_size: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OperatorError, match=r"partial can't be written: No space left"):
        make_backup(database, BackupFolder(tmp_path), KEY, None, no_space)
    key = new_pair(tmp_path / "identity.txt")
    with pytest.raises(OperatorError, match=r"partial can't be written: No space left"):
        make_backup(database, BackupFolder(tmp_path, key), KEY, None, no_space)
    assert names_in(tmp_path) == ["identity.txt"]


def test_one_backup_at_a_time(database: Database, tmp_path: Path) -> None:
    dump_of(database, tmp_path)
    with (tmp_path / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(OperatorError, match="another backup is being written"):
            make_backup(database, BackupFolder(tmp_path), KEY, "second")


def test_a_name_is_taken_once(database: Database, tmp_path: Path) -> None:
    make_backup(database, BackupFolder(tmp_path), KEY, "mine")
    before = (tmp_path / "mine.dump").read_bytes()
    key = new_pair(tmp_path / "identity.txt")
    for folder in (BackupFolder(tmp_path), BackupFolder(tmp_path, key)):
        with pytest.raises(OperatorError, match="exists: remove it, or take another"):
            make_backup(database, folder, KEY, "mine")
    assert (tmp_path / "mine.dump").read_bytes() == before


@pytest.mark.parametrize("name", ["", "../mine", ".mine", "a/b", "a b", "x" * 101])
def test_a_name_is_no_path(name: str, tmp_path: Path) -> None:
    told = pytest.raises(OperatorError, match="can't name a backup")
    with opened("postgresql://nobody@127.0.0.1:1/none") as nothing, told:
        make_backup(nothing, BackupFolder(tmp_path), KEY, name)
    assert names_in(tmp_path) == []


def test_a_folder_that_can_not_be_made_is_told(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OperatorError, match=r"no backup can be written.*BACKUP_FOLDER"):
        dump_of(database, tmp_path / "file" / "backups")
