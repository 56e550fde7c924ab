"""Compose's settings for PostgreSQL and its init folder, on Debian's server."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import opened, take_in
from tests.db.tls_server import OPENSSL, TlsServer, find_programs, running
from tests.records import answer_to, said

ROOT = Path(__file__).parent.parent
PROGRAMS = find_programs()
SECRET = "what-people-wrote-to-us"

pytestmark = pytest.mark.skipif(
    PROGRAMS is None or OPENSSL is None,
    reason="needs openssl and a PostgreSQL 15 or newer under /usr/lib/postgresql: "
    "apt-get install postgresql",
)


def settings(folder: Path) -> list[str]:
    """What Compose starts the server with, but every statement counts as slow."""
    tool = str(Path(sys.executable).parent / "docker-compose")
    file = str(ROOT / "docker-compose.yml")
    (folder / ".env").touch()
    config = subprocess.run(
        [
            tool,
            "-f",
            file,
            "--project-directory",
            str(folder),
            "config",
            "--format=json",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    program, *options = json.loads(config.stdout)["services"]["postgres"]["command"]
    assert program == "postgres"
    given = [option.removeprefix("-c") for option in options]
    return [re.sub(r"(min_duration_statement)=\d+ms", r"\1=0", each) for each in given]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    assert PROGRAMS is not None
    folder = tmp_path_factory.mktemp("compose")
    with running(PROGRAMS, *settings(folder)) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            for file in sorted((ROOT / "db/init").glob("*.sql")):
                connection.execute(file.read_bytes())
        with opened(server.url()) as database:
            schema.upgrade(database)
        yield server


def talk(server: TlsServer) -> None:
    database = Database(server.url())
    pg = PostgresChatStore(database, timedelta(days=1))
    question = said(SECRET, profile_name=SECRET)
    assert pg.record_reply(take_in(pg, question), answer_to(question, text=SECRET))
    database.close()


def test_the_log_of_slow_statements_tells_no_text(server: TlsServer) -> None:
    talk(server)
    repeated = "INSERT INTO users (user_id, phone_number) SELECT user_id, %s FROM users"
    violation = pytest.raises(psycopg.errors.UniqueViolation)
    with psycopg.connect(server.url()) as connection, violation:
        connection.execute(repeated, [SECRET])
    log = server.log.read_text()
    assert "INSERT INTO inbound_messages" in log
    assert "violates unique constraint" in log
    assert SECRET not in log


def test_statements_are_counted(server: TlsServer) -> None:
    talk(server)
    query = """
        SELECT calls FROM monitoring.pg_stat_statements
        WHERE query LIKE '%INSERT INTO inbound_messages%'
    """
    with psycopg.connect(server.url()) as connection:
        assert connection.execute(query).fetchone()
        told = "SELECT string_agg(query, '') FROM monitoring.pg_stat_statements"
        assert SECRET not in str(connection.execute(told).fetchone())
