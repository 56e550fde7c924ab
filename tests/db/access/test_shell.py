"""`bot db shell`: psql on the database, its password out of everybody's sight."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.access.shell import find_psql, open_shell
from db.address import parse_url
from db.database import Database
from db.embedded.programs import bin_folder
from tests.db.sql import appears, value
from tests.house import PATIENCE

ROOT = Path(__file__).parents[3]
OPENS_A_SHELL = """
import sys
from db.access.shell import find_psql, open_shell
print("psql ended with", open_shell(sys.argv[1], tuple(sys.argv[2:])))
"""
SHOWS_HOW_IT_WAS_CALLED = """#!{python}
import json, os, sys
if sys.argv[1:] == ["--version"]:
    print("psql (PostgreSQL) 99.1")
    sys.exit()
print(json.dumps({{"arguments": sys.argv, "environment": dict(os.environ)}}))
"""


def test_psql_opens_the_database(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT current_database(), count(*) FROM userchats"
    assert open_shell(database_url, ("--no-psqlrc", "-Atc", query)) == 0
    shown = capfd.readouterr()
    assert shown.out == f"{parse_url(database_url).database}|0\n"
    assert shown.err == ""


def test_psqls_exit_code_comes_back(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert open_shell(database_url, ("-c", "SELECT no_such_column")) == 1
    assert "no_such_column" in capfd.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:s3cret%2F@db.example:6543/chats?sslmode=require",
        "postgres://bot:s3cret%2F@db.example:6543/chats?sslmode=require",
        "postgresql://bot@db.example:6543/chats?password=s3cret%2F&sslmode=require",
        "postgresql+psycopg://bot:s3cret%2F@db.example:6543/chats?sslmode=require",
    ],
)
def test_the_password_goes_by_the_environment(
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    psql = tmp_path / "psql"
    psql.write_text(SHOWS_HOW_IT_WAS_CALLED.format(python=sys.executable))
    psql.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert open_shell(url, ("-c", "SELECT 1")) == 0
    called = json.loads(capfd.readouterr().out)
    assert called["environment"]["PGPASSWORD"] == "s3cret/"
    assert called["environment"]["PSQLRC"] == str(ROOT / "db" / "sql" / "psqlrc")
    assert called["arguments"] == [
        str(psql),
        "postgresql://bot@db.example:6543/chats?sslmode=require",
        "-c",
        "SELECT 1",
    ]


def test_ctrl_c_cancels_the_query_and_not_the_bot(
    database: Database, database_url: str
) -> None:
    command = [sys.executable, "-c", OPENS_A_SHELL, database_url]
    command += ["-c", "SELECT pg_sleep(30)"]
    sleeping = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query = 'SELECT pg_sleep(30)'
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as shell:
        assert appears(lambda: value(database, sleeping))
        os.killpg(shell.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
        out, error = shell.communicate(timeout=PATIENCE)
    assert "canceling statement due to user request" in error
    assert out == "psql ended with 1\n"
    assert shell.returncode == 0


def test_the_wheels_psql_serves_where_none_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_psql() == str(bin_folder() / "psql")


@pytest.mark.parametrize(("major", "is_used"), [(15, False), (16, True), (17, True)])
def test_an_installed_psql_is_used_unless_it_is_older_than_the_wheels(
    major: int, is_used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    psql = tmp_path / "psql"
    psql.write_text(f"#!/bin/sh\necho 'psql (PostgreSQL) {major}.2 (Debian)'\n")
    psql.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_psql() == str(psql if is_used else bin_folder() / "psql")
