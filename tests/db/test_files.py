"""A file is there whole, or not at all."""

from pathlib import Path

import pytest

from db.files import write_once, write_whole, writing_whole


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
