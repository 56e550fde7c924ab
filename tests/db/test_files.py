"""A file is there whole, or not at all, and nobody else had a hand in it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from db.backups.backup import make_backup
from db.backups.folder import BackupFolder
from db.database import Database
from db.errors import OperatorError
from db.files import (
    make_private_folder,
    open_new,
    open_own,
    write_once,
    write_whole,
    writing_whole,
)
from db.privacy.tombstones import FILE_NAME, append_missing


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_whole_and_private(tmp_path: Path) -> None:
    write_whole(tmp_path / "key", "größer\n")
    assert (tmp_path / "key").read_text(encoding="utf-8") == "größer\n"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == ["key"]


def break_off(path: Path) -> None:
    with writing_whole(path) as file:
        file.write(b"half of the n")
        raise ValueError("midway")


def test_what_breaks_off_leaves_the_older_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "key", "old")
    with pytest.raises(ValueError, match="midway"):
        break_off(tmp_path / "key")
    assert (tmp_path / "key").read_text() == "old"
    assert names_in(tmp_path) == ["key"]


def test_nothing_is_seen_before_the_end(tmp_path: Path) -> None:
    with writing_whole(tmp_path / "key") as file:
        file.write(b"all of it")
        assert not (tmp_path / "key").exists()
    assert (tmp_path / "key").read_bytes() == b"all of it"


def test_of_two_writers_the_first_ones_stays(tmp_path: Path) -> None:
    write_once(tmp_path / "key", "first")
    write_once(tmp_path / "key", "second")
    assert (tmp_path / "key").read_text() == "first"
    assert names_in(tmp_path) == ["key"]


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "gone" / "key", "text")


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """A file that is not ours to write to."""
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "others"
    file.write_text("theirs")
    return file


def append_own(path: Path, text: str) -> None:
    with open_own(path) as file:
        file.write(text.encode())


def write_new(path: Path, text: str) -> None:
    with open_new(path) as file:
        file.write(text.encode())


def append_tombstones(path: Path, _text: str) -> None:
    """Call what reads the database only once the file is open."""
    append_missing(cast(Database, None), path.parent)


REPLACING = [write_whole, write_new]
IN_PLACE = [append_own, append_tombstones]


@pytest.mark.parametrize("write", REPLACING)
def test_nothing_is_written_through_a_link(
    tmp_path: Path, others: Path, write: Callable[[Path, str], None]
) -> None:
    path = tmp_path / FILE_NAME
    path.symlink_to(others)
    write(path, "ours")
    assert others.read_text() == "theirs"
    assert not path.is_symlink()
    assert path.read_text() == "ours"


@pytest.mark.parametrize("write", REPLACING)
def test_nothing_is_written_into_a_file_that_somebody_holds_open(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    path = tmp_path / "key"
    path.touch(mode=0o666)
    path.chmod(0o666)
    with path.open() as held:
        write(path, "ours")
        assert held.read() == ""
    assert path.read_text() == "ours"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("write", IN_PLACE)
def test_a_link_is_refused_where_a_file_is_written_in_its_place(
    tmp_path: Path, others: Path, write: Callable[[Path, str], None]
) -> None:
    path = tmp_path / FILE_NAME
    path.symlink_to(others)
    with pytest.raises(OSError, match="it is a link"):
        write(path, "ours")
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError, match="it is a link"):
        write(path, "ours")
    assert not (tmp_path / "nowhere").exists()
    assert others.read_text() == "theirs"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("write", IN_PLACE)
def test_somebody_elses_file_is_refused_where_it_is_written_in_its_place(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    path = tmp_path / FILE_NAME
    path.touch(mode=0o666)
    os.chown(path, 65534, 65534)
    with pytest.raises(PermissionError, match="somebody else's"):
        write(path, "ours")
    assert path.read_text() == ""
    # Root works in the folders of others.
    os.chown(tmp_path, 65534, 65534)
    append_own(path, "ours")
    assert path.read_text() == "ours"


def test_a_backups_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OperatorError, match="it is a link"):
        make_backup(cast(Database, None), BackupFolder(tmp_path), b"a key")
    assert names_in(tmp_path) == [".lock"]


def test_a_file_of_ours_is_written_in_its_place(tmp_path: Path) -> None:
    append_own(tmp_path / "key", "first")
    append_own(tmp_path / "key", "FIR")
    assert (tmp_path / "key").read_text() == "FIRst"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_pipe_or_a_device_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileExistsError, match="no file"):
        write_whole(pipe, "text")
    with pytest.raises(PermissionError):
        open_own(pipe)
    assert pipe.is_fifo()
    assert names_in(tmp_path) == ["pipe"]


def test_a_folder_of_ours_can_not_be_listed_by_others(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "data")
    assert (tmp_path / "data").stat().st_mode & 0o066 == 0
    (tmp_path / "theirs").mkdir(mode=0o755)
    make_private_folder(tmp_path / "theirs")
    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o755
