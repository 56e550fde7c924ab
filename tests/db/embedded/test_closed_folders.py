"""Root starts PostgreSQL from a folder that the server's account can't enter."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.embedded.accounts import Account, account_owning
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.moving import find_place
from db.embedded.server import EmbeddedPostgres
from tests.db.embedded.parts import (
    AS_ROOT,
    QUICK,
    folder_in_memory,
    pid_of,
    run_sql,
    value_of,
)

pytestmark = pytest.mark.skipif(not AS_ROOT, reason="root alone has to change user")
# On the same file system as the closed folder, and on another one.
near_and_far = pytest.mark.parametrize("open_folder", ["near", "far"], indirect=True)
WORD = "SELECT word FROM earlier"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A checkout's data folder, in a folder that is root's alone."""
    with folder_in_memory(0o700) as parent:
        yield parent / "data"


@pytest.fixture
def old_data(closed: Path, served_before: Path) -> Path:
    """What an earlier version left there: the data in the closed folder itself."""
    subprocess.run(["cp", "-a", str(served_before), str(closed)], check=True)
    return closed


@pytest.fixture
def open_folder(request: pytest.FixtureRequest, closed: Path) -> Iterator[Path]:
    """What stands for a folder in /var/lib."""
    far = getattr(request, "param", "near") == "far"
    near = None if far else closed.parents[1]
    with tempfile.TemporaryDirectory(dir=near) as name:
        Path(name).chmod(0o755)
        if far and Path(name).stat().st_dev == closed.parents[1].stat().st_dev:
            pytest.skip("there is only one file system for temporary files here")
        yield Path(name) / "lib" / "bot"


def start(folder: Path, open_folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, QUICK, open_folder=open_folder)


def nobody() -> Account:
    found = pwd.getpwnam("nobody")
    return Account(found.pw_uid, found.pw_gid)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def clusters_in(*folders: Path) -> list[Path]:
    """Whatever could be taken for a database."""
    return [file.parent for f in folders for file in f.rglob("PG_VERSION")
            if (file.parent / "global").exists()]  # fmt: skip


def test_the_data_lie_where_the_server_can_go(closed: Path, open_folder: Path) -> None:
    umask = os.umask(0o077)
    try:
        with start(closed, open_folder) as server:
            run_sql(server, "CREATE TABLE kept AS SELECT 42 AS answer")
            status = Path(f"/proc/{pid_of(server)}/status").read_text()
    finally:
        os.umask(umask)
    place, account = find_place(closed, open_folder), nobody()
    assert "Uid:" + f"\t{account.uid}" * 4 + "\n" in status
    assert "CapPrm:\t0000000000000000\n" in status
    assert (closed / "postgres").readlink() == place / "postgres"
    assert mode_of(place) == mode_of(open_folder) == 0o755
    assert mode_of(place / "postgres") == 0o700
    for name in ("postgres.password", "postgres.log", "postgres.lock"):
        assert (closed / name).exists()
        assert not (place / name).exists() or name == "postgres.lock"
    with start(closed, open_folder) as server:
        assert value_of(server, "SELECT answer FROM kept") == 42
    assert clusters_in(closed, open_folder) == [place / "postgres"]


@near_and_far
def test_what_an_earlier_version_left_is_moved_there(
    old_data: Path, open_folder: Path
) -> None:
    for _ in range(2):
        with start(old_data, open_folder) as server:
            assert value_of(server, WORD) == "still here"
    place = find_place(old_data, open_folder)
    assert clusters_in(old_data, open_folder) == [place / "postgres"]
    assert sorted(p.name for p in place.iterdir()) == ["postgres", "postgres.lock"]
    assert not (old_data / "postgres.old").exists()


def half_copied(data: Path, place: Path) -> None:
    workshop = place / "postgres.new" / "cluster"
    shutil.copytree(data / "global", workshop / "global")
    (workshop / "PG_VERSION").write_text("16\n")


def copied(data: Path, place: Path) -> None:
    workshop = place / "postgres.new"
    workshop.mkdir(mode=0o700)
    subprocess.run(["cp", "-a", str(data), str(workshop / "cluster")], check=True)
    data.rename(data.with_name("postgres.old"))


def put_into_place(data: Path, place: Path) -> None:
    copied(data, place)
    (place / "postgres.new" / "cluster").rename(place / "postgres")


def linked(data: Path, place: Path) -> None:
    put_into_place(data, place)
    data.symlink_to(place / "postgres")


def half_removed(data: Path, place: Path) -> None:
    linked(data, place)
    shutil.rmtree(data.with_name("postgres.old") / "base")


def renamed(data: Path, place: Path) -> None:
    subprocess.run(["mv", str(data), str(place / "postgres")], check=True)


@near_and_far
@pytest.mark.parametrize(
    "killed_when",
    [half_copied, copied, put_into_place, linked, half_removed, renamed],
)
def test_a_move_that_was_killed_is_gone_on_with(
    old_data: Path, open_folder: Path, killed_when: Callable[[Path, Path], None]
) -> None:
    place = find_place(old_data, open_folder)
    place.mkdir(parents=True)
    killed_when(old_data / "postgres", place)
    with start(old_data, open_folder) as server:
        assert value_of(server, WORD) == "still here"
    assert clusters_in(old_data, open_folder) == [place / "postgres"]


def test_of_two_databases_none_is_chosen(old_data: Path, open_folder: Path) -> None:
    place = find_place(old_data, open_folder)
    shutil.copytree(old_data / "postgres", place / "postgres")
    with pytest.raises(EmbeddedPostgresError, match=r"Both .* keep the one"):
        start(old_data, open_folder).start()
    assert len(clusters_in(old_data, open_folder)) == 2


def test_data_that_went_away_are_not_replaced(
    old_data: Path, open_folder: Path
) -> None:
    with start(old_data, open_folder):
        pass
    place = find_place(old_data, open_folder)
    (place / "postgres").rename(place / "elsewhere")
    with pytest.raises(EmbeddedPostgresError, match="put it back"):
        start(old_data, open_folder).start()
    (place / "elsewhere").rename(place / "postgres")
    with start(old_data, open_folder) as server:
        assert value_of(server, WORD) == "still here"


def test_a_checkout_takes_its_data_along_when_it_is_moved(
    old_data: Path, open_folder: Path
) -> None:
    with start(old_data, open_folder):
        pass
    moved = old_data.rename(old_data.with_name("moved"))
    with start(moved, open_folder) as server:
        assert value_of(server, WORD) == "still here"


def test_a_copied_checkout_leaves_the_running_server_alone(
    old_data: Path, open_folder: Path
) -> None:
    with start(old_data, open_folder) as server:
        copy = old_data.with_name("copy")
        subprocess.run(["cp", "-a", str(old_data), str(copy)], check=True)
        with pytest.raises(EmbeddedPostgresError, match="already, started by"):
            start(copy, open_folder).start()
        assert value_of(server, WORD) == "still here"


def test_where_no_place_is_open_the_error_says_what_to_do(closed: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="Move the checkout"):
        start(closed, closed.parent / "lib").start()


def test_an_open_folder_keeps_its_data(folder: Path, open_folder: Path) -> None:
    with start(folder, open_folder) as server:
        assert value_of(server, WORD) == "still here"
    assert clusters_in(folder, open_folder) == [folder / "postgres"]
    assert not open_folder.exists()


def test_the_owner_of_a_closed_folder_may_enter_it(closed: Path) -> None:
    closed.mkdir(mode=0o700)
    assert account_owning(closed) == nobody()
    owner, in_group, stranger = Account(4001, 4001), Account(4002, 4001), nobody()
    closed.parent.chmod(0o755)
    owner.take(closed)
    assert account_owning(closed) == owner
    assert owner.may_enter(closed)
    assert not in_group.may_enter(closed)
    closed.chmod(0o710)
    assert in_group.may_enter(closed)
    assert not stranger.may_enter(closed)
    closed.chmod(0o711)
    assert stranger.may_enter(closed)
