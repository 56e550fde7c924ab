"""Encrypted connections, as managed PostgreSQL wants them; also PostgreSQL 15."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db.database import Database
from db.pool import conninfo
from tests.db.sql import value
from tests.db.tls_server import OPENSSL, TlsServer, find_programs, running

ROOT = Path(__file__).parents[2]
PROGRAMS = find_programs()
ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

pytestmark = pytest.mark.skipif(
    PROGRAMS is None or OPENSSL is None,
    reason="needs openssl and a PostgreSQL 15 or newer under /usr/lib/postgresql: "
    "apt-get install postgresql",
)


@pytest.fixture(scope="module")
def server() -> Iterator[TlsServer]:
    assert PROGRAMS is not None
    with running(PROGRAMS) as server:
        yield server


def connect(url: str) -> tuple[bool, bool]:
    """Tell whether the store's and the queue's connections are encrypted."""
    database = Database(url)
    try:
        of_store = value(database, ENCRYPTED)
    finally:
        database.close()
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute(ENCRYPTED).fetchone()
    assert row is not None
    return of_store, row[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_require_encrypts_and_asks_for_no_name(server: TlsServer, host: str) -> None:
    assert connect(server.url(host, sslmode="require")) == (True, True)


def test_verify_full_connects_to_the_right_host(server: TlsServer) -> None:
    url = server.url(sslmode="verify-full", sslrootcert=server.authority)
    assert connect(url) == (True, True)


def test_verify_full_refuses_another_host(server: TlsServer) -> None:
    url = server.url("127.0.0.1", sslmode="verify-full", sslrootcert=server.authority)
    with pytest.raises(psycopg.OperationalError, match=r"127\.0\.0\.1"):
        connect(url)


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
def test_an_unknown_authority_is_refused(server: TlsServer, mode: str) -> None:
    url = server.url(sslmode=mode, sslrootcert=server.another_authority)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(url)


def test_a_connection_in_the_clear_is_refused_by_the_server(server: TlsServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect(server.url(sslmode="disable"))


def test_the_commands_work_over_it(server: TlsServer) -> None:
    url = server.url(sslmode="verify-full", sslrootcert=server.authority)
    upgraded = bot(url, "db", "upgrade")
    assert "The database is at migration" in upgraded.stdout, upgraded.stderr
    made = bot(url, "db", "roles", "--prefix", "tls")
    assert f"sslrootcert={server.authority}" in made.stdout.replace("%2F", "/")
    reader = made.stdout.splitlines()[5].strip()
    with psycopg.connect(reader) as connection:
        assert connection.execute(ENCRYPTED).fetchone() == (True,)
        assert connection.execute("SELECT FROM chat_overview").fetchall() == []


def bot(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
