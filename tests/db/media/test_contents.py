"""Bytes are kept once, in the database or in files, and go when nobody names them."""

import os
from pathlib import Path

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents, path_of
from db.media.looked import MediaRows
from db.media.sweeping import sweep_files
from db.records import SeenMedia
from tests.db.sql import change, load, rows, take_in, value
from tests.records import said

BYTES = b"OggS\0 a voice note"


@pytest.fixture(params=["database", "folder"])
def contents(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> MediaContents:
    folder = tmp_path / "media" if request.param == "folder" else None
    return MediaContents(database, folder)


def test_what_comes_twice_is_kept_once(
    contents: MediaContents, database: Database
) -> None:
    name = contents.put(BYTES, "audio/ogg")
    change(database, "UPDATE media_contents SET created_at = '2020-01-01'")
    assert contents.put(BYTES, "audio/ogg") == name
    assert contents.read(name) == BYTES
    row = "SELECT media_type, size, created_at > '2026-01-01' FROM media_contents"
    assert rows(database, row) == [("audio/ogg", len(BYTES), True)]
    assert contents.read("0" * 64) is None


def test_files_are_their_owners_alone_and_checked(
    database: Database, tmp_path: Path
) -> None:
    contents = MediaContents(database, tmp_path / "media")
    name = contents.put(BYTES, "audio/ogg")
    file = path_of(tmp_path / "media", name)
    assert (file.stat().st_mode & 0o777, file.read_bytes()) == (0o600, BYTES)
    assert [other.name for other in file.parent.iterdir()] == [name], "nothing is left"
    assert value(database, "SELECT content FROM media_contents") is None
    file.write_bytes(b"something else")
    assert contents.read(name) is None
    file.unlink()
    assert contents.read(name) is None
    assert MediaContents(database).read(name) is None
    contents.put(BYTES, "audio/ogg")
    assert contents.read(name) == BYTES, "sent again, it is there again"


def test_bytes_that_lay_elsewhere_before_are_found(
    database: Database, tmp_path: Path
) -> None:
    name = MediaContents(database).put(BYTES, "audio/ogg")
    filed = MediaContents(database, tmp_path)
    assert (filed.put(BYTES, "audio/ogg"), filed.read(name)) == (name, BYTES)
    assert list(tmp_path.glob("*/*")) == []


def test_files_that_no_row_names_are_swept(database: Database, tmp_path: Path) -> None:
    contents = MediaContents(database, tmp_path)
    kept, gone = (
        contents.put(b"kept", "text/plain"),
        contents.put(b"gone", "text/plain"),
    )
    half = tmp_path / gone[:2] / f"{gone}.0011.part"
    half.write_bytes(b"go")
    change(
        database,
        "DELETE FROM media_contents WHERE sha256 = decode(%(name)s, 'hex')",
        name=gone,
    )
    assert sweep_files(database, tmp_path) == 0, "it may be about to be named"
    assert sweep_files(database, tmp_path, age_seconds=-1) == 2
    assert [file.name for file in tmp_path.glob("*/*")] == [kept]
    assert value(database, "SELECT count(*) FROM media_contents") == 1
    contents.put(b"gone", "text/plain")
    assert contents.read(gone) == b"gone"


def test_a_folder_that_takes_nothing_stores_no_row(
    pg: PostgresChatStore, database: Database, tmp_path: Path
) -> None:
    message = said("")
    user_id = load(pg, take_in(pg, message)).user_id
    (tmp_path / "media").write_text("a file where a folder should be")
    looked = MediaRows(database, MediaContents(database, tmp_path / "media"))
    thing = SeenMedia(
        message_sid=message.message_sid,
        position=0,
        state="fetched",
        media_type="audio/ogg",
    )
    with pytest.raises(OSError, match="directory"):
        looked.keep(user_id, thing, BYTES)
    assert value(database, "SELECT count(*) FROM media") == 0


def test_what_was_settled_stays(pg: PostgresChatStore, database: Database) -> None:
    message = said("")
    chat = load(pg, take_in(pg, message))
    looked = MediaRows(database, MediaContents(database))
    thing = SeenMedia(
        message_sid=message.message_sid, position=0, state="read", media_type="a/b"
    )
    pieces = [("", 1, "one"), ("", 2, "two")]
    looked.settle(chat.user_id, thing, pieces)
    looked.settle(chat.user_id, thing, pieces)
    looked.keep(chat.user_id, thing, BYTES)
    state = "SELECT state, (SELECT count(*) FROM media_chunks) FROM media"
    assert rows(database, state) == [("read", 2)]


def test_the_name_of_a_file_is_its_hash_whatever_the_umask(
    database: Database, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        name = MediaContents(database, tmp_path / "new").put(BYTES, "audio/ogg")
    finally:
        os.umask(before)
    file = path_of(tmp_path / "new", name)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
