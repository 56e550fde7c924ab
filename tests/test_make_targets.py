"""`make start` and its kin, with a docker on the PATH that notes what it is told."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTING_DOCKER = """#!/bin/sh
echo "$*" >> "$NOTES"
case "$*" in *" ls "*) echo monday.dump;; esac
"""
RUN = "compose run --rm backup"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".env").write_text("TWILIO_AUTH_TOKEN=token-of-the-test\n")
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(NOTING_DOCKER)
    docker.chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": path, "NOTES": str(folder / "notes")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def told_to_docker(folder: Path) -> list[str]:
    notes = folder / "notes"
    return notes.read_text().splitlines() if notes.exists() else []


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("start", ["compose up --detach --build"]),
        ("stop", ["compose --profile * stop"]),
        ("restart", ["compose up --detach --build --force-recreate"]),
        ("status", ["compose --profile * ps", f"{RUN} db status"]),
        ("logs", ["compose logs --follow --tail 100"]),
        ("logs ARGS=worker", ["compose logs --follow --tail 100 worker"]),
        ("shell", [f"{RUN} db shell"]),
        ("tools", ["compose --profile tools up --detach pgadmin"]),
        ("backup", [f"{RUN} db backup"]),
        ("backup NAME=monday", [f"{RUN} db backup monday"]),
        (
            "restore FILE=/data/backups/x",
            [
                "compose run --rm admin db restore /data/backups/x",
                "compose run --rm migrate",
            ],
        ),
        ("reset", [f"{RUN} db reset"]),
    ],
)
def test_a_target_tells_compose(folder: Path, target: str, told: list[str]) -> None:
    done = make(folder, *target.split())
    assert done.returncode == 0, done.stderr
    assert told_to_docker(folder) == told


def test_restore_without_a_file_lists_the_backups(folder: Path) -> None:
    done = make(folder, "restore")
    assert done.returncode != 0
    assert "make restore FILE=" in done.stdout
    assert "monday.dump" in done.stdout
    assert "restore" not in "".join(told_to_docker(folder))


def test_the_first_start_makes_passwords_and_later_ones_keep_them(folder: Path) -> None:
    make(folder, "start")
    secrets = folder / ".secrets"
    made = {file: file.read_text() for file in secrets.iterdir()}
    assert len(made) == len(set(made.values())) == 7
    assert all(re.fullmatch("[0-9a-f]{48}", word) for word in made.values())
    # Readable in the containers, whoever they run as; on this machine by nobody else.
    assert {file.stat().st_mode & 0o777 for file in made} == {0o644}
    assert secrets.stat().st_mode & 0o777 == 0o700
    again = make(folder, "restart")
    assert {file: file.read_text() for file in secrets.iterdir()} == made
    assert not any(word in again.stdout for word in made.values())


def test_an_update_of_an_earlier_layout_keeps_the_databases_password(
    folder: Path,
) -> None:
    secrets = folder / ".secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "postgres_password").write_text("as-the-volume-has-it")
    make(folder, "start")
    assert (secrets / "postgres_password").read_text() == "as-the-volume-has-it"
    assert len(list(secrets.iterdir())) == 7


def test_nothing_starts_without_settings(folder: Path) -> None:
    (folder / ".env").unlink()
    done = make(folder, "start")
    assert done.returncode != 0
    assert "install -m 600 .env.example .env" in done.stdout
    assert told_to_docker(folder) == []


def test_help_lists_every_target(folder: Path) -> None:
    told = make(folder, "help").stdout
    phony = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
    targets = " ".join(phony).split()
    assert len(targets) > 15
    assert sorted(re.findall(r"^  make ([\w-]+) +\S", told, re.M)) == sorted(targets)
    assert "With Docker Compose:" in told
