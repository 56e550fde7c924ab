"""Backups and restores as processes: on a schedule, and told to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from bot.cli.schedule import ASKED_TO_STOP, repeat
from bot.local.serving import StopSignal
from db.backups.restore import restore
from db.database import Database
from tests.db.backups.kept import (
    KEY,
    databases_beside,
    dump_of,
    leaving_no_databases,
    order_of,
)
from tests.db.sql import appears, change, holding, values, waiting_backends
from tests.house import PATIENCE

ROOT = Path(__file__).parents[3]
PEOPLE = "SELECT phone_number FROM users ORDER BY 1"
ADD = "INSERT INTO users (phone_number) VALUES (%(address)s)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    (tmp_path / "erasure.key").write_bytes(KEY)


@pytest.fixture(autouse=True)
def swept(database: Database) -> Iterator[None]:
    with leaving_no_databases(database):
        yield


def dumps(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "backups").glob("*.dump"))


def start_schedule(url: str) -> AbstractContextManager[subprocess.Popen[str]]:
    return start(url, "backup", "--every", "24h")


@contextmanager
def start(url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command; one that has not ended after the test is killed."""
    command = [sys.executable, "-m", "bot", "db", *arguments]
    environment = {**os.environ, "DATABASE_URL": url}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_scheduled_backups_end_at_once_and_go_on_where_they_were(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with start_schedule(database_url) as first:
        assert first.stdout is not None
        assert " rows" in first.stdout.readline()
        first.terminate()
        assert first.wait(PATIENCE) == 128 + signal.SIGTERM
        assert first.stderr is not None
        assert first.stderr.read() == ""
    assert len(dumps(tmp_path)) == 1
    with start_schedule(database_url) as second:
        assert second.stdout is not None
        assert second.stderr is not None
        # Today's is there: it waits for tomorrow's.
        assert second.stdout.readline().startswith("The next one is due at 20")
        second.send_signal(signal.SIGINT)
        assert second.wait(PATIENCE) == 0
        assert second.stderr.read() == "\nStopped: no more backups are made.\n"
    assert len(dumps(tmp_path)) == 1


def test_it_ends_though_its_end_woke_nobody() -> None:
    """As where a signal comes in the instant before a wait begins."""
    ended, made = StopSignal(), list[int]()
    day = timedelta(days=1)
    schedule = Thread(
        target=repeat, args=(lambda: made.append(1), day, None, ended), daemon=True
    )
    schedule.start()
    assert appears(lambda: made)
    ended.set()
    schedule.join(PATIENCE)
    assert not schedule.is_alive()
    assert made == [1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_restore_that_is_stopped_says_what_it_left(
    database: Database, database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    change(database, ADD, address="ana")
    dump = str(dump_of(database, tmp_path))
    change(database, ADD, address="ben")
    database.close()
    with start(database_url, "restore", "--yes", dump) as restoring:
        assert appears(lambda: databases_beside(database))
        restoring.send_signal(number)
        assert restoring.wait(PATIENCE) == 128 + number
        assert restoring.stderr is not None
        left = "Stopped: nothing was changed, and what was begun is removed.\n"
        assert restoring.stderr.read() == ASKED_TO_STOP.decode() + left
    assert databases_beside(database) == []
    assert values(database, PEOPLE) == ["ana", "ben"]


@pytest.mark.parametrize("step", range(5))
def test_a_restore_that_is_stopped_at_any_step_leaves_nothing(
    database: Database, tmp_path: Path, step: int
) -> None:
    change(database, ADD, address="ana")
    dump = dump_of(database, tmp_path)
    change(database, ADD, address="ben")
    steps = iter([None] * step)

    def say(_step: str) -> None:
        if next(steps, signal.SIGINT):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        restore(database, replace(order_of(dump), say=say))
    assert databases_beside(database) == []
    assert values(database, PEOPLE) == ["ana", "ben"]
    change(database, ADD, address="cleo")  # writes are allowed


def test_a_backup_that_is_told_to_end_leaves_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    lock = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"
    with holding(database, lock), start_schedule(database_url) as schedule:
        assert appears(lambda: waiting_backends(database))
        schedule.terminate()
        assert schedule.wait(PATIENCE) == 128 + signal.SIGTERM
    assert [file.name for file in (tmp_path / "backups").iterdir()] == [".lock"]
