"""Which backups go: a table of moments, and a folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.backups.manifest import path_of_manifest
from db.backups.rotation import (
    age_of_last,
    find_expired,
    list_ahead,
    list_backups,
    remove_expired,
)
from db.files import write_whole
from tests.db.backups.kept import manifest_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday


def days_ago(*days: float) -> set[datetime]:
    return {NOON - timedelta(days=day) for day in days}


@pytest.mark.parametrize(
    ("made", "kept", "gone"),
    [
        pytest.param(days_ago(), (7, 4, 12), days_ago(), id="nothing there"),
        pytest.param(days_ago(0), (1, 0, 0), days_ago(), id="the only one"),
        pytest.param(
            days_ago(900), (1, 0, 0), days_ago(), id="the newest, however old"
        ),
        pytest.param(days_ago(0, 1, 2), (2, 0, 0), days_ago(2), id="days"),
        pytest.param(
            days_ago(0, 0.1, 0.2, 1), (2, 0, 0), days_ago(0.1, 0.2), id="one a day"
        ),
        pytest.param(
            days_ago(0, 2, 3, 20),
            (3, 0, 0),
            days_ago(3, 20),
            id="days without one count as well",
        ),
        pytest.param(
            days_ago(0, 370, 400), (7, 4, 12), days_ago(370, 400), id="over a year"
        ),
        pytest.param(days_ago(4, 5), (1, 0, 0), days_ago(5), id="none for days"),
        pytest.param(
            days_ago(-400, -0.1, 0, 0.1, 1),
            (1, 0, 0),
            days_ago(0.1, 1),
            id="what is dated ahead takes nobody's place",
        ),
        pytest.param(
            days_ago(-400, 9), (1, 0, 0), days_ago(), id="nor that of the newest"
        ),
        # Tuesday, Monday | Sunday, Saturday | the Sunday before
        pytest.param(
            days_ago(0, 1, 2, 3, 9),
            (1, 3, 0),
            days_ago(1, 3),
            id="weeks begin on Monday",
        ),
        # November 24 | October 31, October 25 | September 30
        pytest.param(days_ago(0, 24, 30, 55), (1, 0, 2), days_ago(30, 55), id="months"),
        pytest.param(
            days_ago(*range(400)),
            (7, 4, 12),
            days_ago(*range(400))
            - days_ago(0, 1, 2, 3, 4, 5, 6)  # days
            - days_ago(0, 2, 9, 16)  # Sundays
            - days_ago(
                24, 55, 85, 116, 147, 177, 208, 238, 269, 297, 328
            ),  # month ends
            id="a year of days",
        ),
    ],
)
def test_the_last_of_each_day_week_and_month_stays(
    made: set[datetime], kept: tuple[int, int, int], gone: set[datetime]
) -> None:
    assert find_expired(made, kept, NOON) == gone


def put(folder: Path, name: str, day: int, **known: object) -> None:
    dump = folder / f"{name}.dump"
    dump.write_bytes(b"a dump")
    made = manifest_of(dump, created_at=NOON - timedelta(days=day), **known)
    write_whole(path_of_manifest(dump), made.to_json())


def test_only_a_databases_own_automatic_backups_rotate(tmp_path: Path) -> None:
    put(tmp_path, "today", 0)
    put(tmp_path, "yesterday", 1)
    put(tmp_path, "old", 9)
    put(tmp_path, "named", 9, automatic=False)
    put(tmp_path, "of-another", 9, database="another")
    assert remove_expired(tmp_path, "chats", (2, 0, 0), NOON) == ["old.dump"]
    left = ["named.dump", "of-another.dump", "today.dump", "yesterday.dump"]
    assert sorted(file.name for file in tmp_path.glob("*.dump")) == left
    assert sorted(file.name for file in tmp_path.glob("*.json")) == [
        f"{name}.json" for name in left
    ]


def test_named_backups_do_not_count_as_the_newest(tmp_path: Path) -> None:
    put(tmp_path, "named", 0, automatic=False)
    put(tmp_path, "automatic", 9)
    assert remove_expired(tmp_path, "chats", (1, 0, 0), NOON) == []


def test_the_last_one_is_none_that_is_dated_ahead(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    put(tmp_path, "ahead", (NOON - now).days - 400)
    assert age_of_last(tmp_path, "chats") is None
    assert [m.file for m in list_ahead(tmp_path, "chats", now)] == ["ahead.dump"]
    put(tmp_path, "old", (NOON - now).days + 9)
    age = age_of_last(tmp_path, "chats")
    assert age is not None
    assert age > timedelta(days=7)


def test_a_list_leaves_out_what_is_no_whole_backup(tmp_path: Path) -> None:
    put(tmp_path, "new", 0)
    put(tmp_path, "older", 1)
    put(tmp_path, "lost", 2)
    (tmp_path / "lost.dump").unlink()
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "broken.dump").write_bytes(b"")
    (tmp_path / "broken.dump.json").write_text("{")
    assert [m.file for m in list_backups(tmp_path)] == ["older.dump", "new.dump"]


def test_a_manifest_can_not_have_other_files_removed(tmp_path: Path) -> None:
    outside = tmp_path / "precious"
    outside.write_text("mine")
    folder = tmp_path / "backups"
    folder.mkdir()
    put(folder, "today", 0)
    put(folder, "old", 9, file="../precious")
    assert remove_expired(folder, "chats", (1, 0, 0), NOON) == ["old.dump"]
    assert outside.exists()
