"""The embedded PostgreSQL through starts, crashes and kills."""

import os
import pwd
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.embedded.errors import EmbeddedPostgresError
from db.embedded.processes import ON_LINUX
from db.embedded.programs import bin_folder
from db.embedded.server import EmbeddedPostgres, running_url, was_killed
from tests.db.embedded.parts import AS_ROOT, QUICK, pid_of, run_sql, value_of
from tests.house import PATIENCE, eventually

ROOT = Path(__file__).parents[3]
STARTS_ONE_AND_WAITS = """
import pathlib, sys
from db.embedded.server import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1]), {"fsync": "off"}) as server:
    print("started", flush=True)
    sys.stdin.read()
"""


def as_the_server() -> dict[str, Any]:
    if not AS_ROOT:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def test_the_data_is_there_again_after_a_stop_and_a_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        run_sql(server, "CREATE TABLE kept AS SELECT 'grüße 👋' AS word")
    with EmbeddedPostgres(folder, QUICK) as server:
        assert value_of(server, "SELECT word FROM kept") == "grüße 👋"
        assert value_of(server, "SHOW fsync") == "off"


def test_a_killed_server_starts_again_with_what_was_committed(
    folder: Path, own_port: int
) -> None:
    with EmbeddedPostgres(folder, QUICK, own_port) as server:
        run_sql(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        url, killed = server.url, pid_of(server)
        os.kill(killed, signal.SIGKILL)
        assert server.process is not None
        server.process.wait(PATIENCE)
        server.start()
        assert pid_of(server) != killed
        assert server.url == url
        assert value_of(server, "SELECT answer FROM kept") == 42


def test_starting_twice_is_starting_once(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        first = pid_of(server)
        server.start()
        assert pid_of(server) == first


@pytest.mark.skipif(not ON_LINUX, reason="only Linux tells a child of its parent's end")
def test_a_killed_parent_leaves_no_server_and_no_damage(folder: Path) -> None:
    command = [sys.executable, "-c", STARTS_ONE_AND_WAITS, str(folder)]
    mark, pipe = folder / "postgres" / "postmaster.pid", subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline()
        assert mark.exists()
        assert running_url(folder) == (folder / "postgres.url").read_text().strip()
        assert not was_killed(folder)
        with pytest.raises(EmbeddedPostgresError, match=rf"process {parent.pid} \("):
            EmbeddedPostgres(folder).claim()
        parent.kill()
    eventually(lambda: not mark.exists())
    assert (folder / "postgres.url").exists()
    assert running_url(folder) is None
    assert was_killed(folder)
    with EmbeddedPostgres(folder, QUICK):
        assert "was shut down at" in (folder / "postgres.log").read_text()


def test_a_server_that_outlived_its_parent_is_stopped_first(
    folder: Path, own_port: int
) -> None:
    with EmbeddedPostgres(folder, QUICK):
        pass
    command = [str(bin_folder() / "postgres"), "-D", str(folder / "postgres")]
    command += ["-p", str(own_port), "-c", "unix_socket_directories="]
    with (folder / "leftover.log").open("wb") as log:
        leftover = subprocess.Popen(command, cwd="/", stderr=log, **as_the_server())
    eventually(lambda: "ready to acc" in (folder / "leftover.log").read_text())
    with EmbeddedPostgres(folder, QUICK) as server:
        assert leftover.wait(PATIENCE) == 0
        assert value_of(server, "SELECT 1") == 1


def test_the_mark_of_a_server_does_not_bind_when_its_pid_is_anothers(
    folder: Path,
) -> None:
    with subprocess.Popen(["sleep", "60"], **as_the_server()) as other:
        (folder / "postgres" / "postmaster.pid").write_text(
            f"{other.pid}\n/elsewhere\n"
        )
        with EmbeddedPostgres(folder, QUICK) as server:
            assert value_of(server, "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_half_made_cluster_is_made_anew(new_folder: Path) -> None:
    half = new_folder / "postgres.new" / "cluster"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("16\n")
    with EmbeddedPostgres(new_folder, QUICK) as server:
        assert value_of(server, "SELECT current_user") == "bot"
    assert not (new_folder / "postgres.new").exists()


def test_a_taken_port_is_passed_over(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with EmbeddedPostgres(folder, QUICK, preferred_port=port) as server:
            assert server.port > port
            assert value_of(server, "SELECT inet_server_port()") == server.port


def test_the_url_is_written_for_its_owner_alone_while_the_server_runs(
    folder: Path,
) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        assert server.url_file == folder / "postgres.url"
        assert server.url_file.read_text().strip() == server.url
        for name in ("postgres.url", "postgres.password", "postgres.log"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert not server.url_file.exists()


def test_nobody_gets_in_without_the_password(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        password = server.url.split(":")[2].split("@")[0]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url.replace(password, "guess"))


def test_a_second_server_on_the_same_folder_is_refused(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        with pytest.raises(EmbeddedPostgresError, match="already, started by"):
            EmbeddedPostgres(folder, QUICK).start()
        assert server.url_file.exists()
        assert value_of(server, "SELECT 1") == 1


def test_a_start_that_fails_shows_the_log_and_what_to_do(folder: Path) -> None:
    wrong = EmbeddedPostgres(folder, {"no_such_setting": "on"})
    with pytest.raises(
        EmbeddedPostgresError, match=r"(?s)no_such_setting.*DATABASE_URL"
    ):
        wrong.start()
    with EmbeddedPostgres(folder, QUICK) as server:
        assert value_of(server, "SELECT 1") == 1


def test_a_lost_password_is_no_reason_to_lose_the_data(folder: Path) -> None:
    (folder / "postgres.password").unlink()
    with pytest.raises(EmbeddedPostgresError, match="put it back"):
        EmbeddedPostgres(folder, QUICK).start()
    assert (folder / "postgres" / "PG_VERSION").exists()


def test_data_of_another_major_version_are_named_and_kept(folder: Path) -> None:
    with EmbeddedPostgres(folder, QUICK) as server:
        version = server.cluster.path / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(EmbeddedPostgresError, match="are PostgreSQL 15's") as told:
        EmbeddedPostgres(folder, QUICK).start()
    assert "docs/postgres.md" in str(told.value)
    version.write_text("16\n")
    with EmbeddedPostgres(folder, QUICK) as server:
        assert value_of(server, "SELECT 1") == 1
