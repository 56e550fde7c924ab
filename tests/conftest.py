"""A real PostgreSQL for the tests: one server, a fresh database for each test."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest

from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.cluster import ROLE
from db.embedded.server import EmbeddedPostgres
from db.in_memory import MemoryChatStore
from db.outbox import PostgresOutbox
from db.store import ChatStore
from tests import ports
from tests.db.sql import opened

# No test measures time, and no example either, nor how long one takes to be made: other
# processes share the machine.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")

SESSION_TIMEOUT = timedelta(days=1)
# Quick where only power cuts are at stake; a killed server keeps what it committed.
SETTINGS = {
    "autovacuum": "off",  # it would be in the way of copying the template
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_senders": "0",
    "scram_iterations": "1",  # a password is hashed as often for each connection
    "shared_buffers": "32MB",
    "wal_level": "minimal",
}
TEMPLATE = "template_migrated"
# They mostly wait, and for long: begun last, they would end alone.
SLOW_FOLDERS = ("e2e", "chaos", "bench")
# The connections of run_on_server, by the server's address: each costs as much as a
# small test, and every test's database is made and dropped there.
_on_server: dict[str, psycopg.Connection[Any]] = {}


@pytest.fixture
def own_port() -> int:
    """A port that this worker's tests alone look at first."""
    return ports.own_port()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that all workers have something to do."""
    items.sort(key=lambda item: item.path.parent.name not in SLOW_FOLDERS)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server that all tests share; its data in memory where that is possible."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(dir=memory if usable else None) as folder:
        Path(folder).chmod(0o755)
        with (
            EmbeddedPostgres(Path(folder) / "data", SETTINGS) as server,
            closing(_connect(server)) as _on_server[server.url],
        ):
            # The same one, hashed anew: initdb knew no setting of ours.
            password = urlsplit(server.url).password
            run_on_server(server, f"ALTER ROLE {ROLE} PASSWORD '{password}'")
            yield server


@pytest.fixture
def own_server(own_port: int) -> Iterator[EmbeddedPostgres]:
    """A server that the test may stop: others share the one of the session."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        Path(name).chmod(0o755)
        settings = {"fsync": "off"}
        with EmbeddedPostgres(Path(name) / "data", settings, own_port) as server:
            with opened(server.url) as database:
                schema.upgrade(database)
            yield server


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedPostgres) -> str:
    """The name of a database at the newest migration, for copies to be made of."""
    run_on_server(postgres, f"CREATE DATABASE {TEMPLATE}")
    with opened(url_of(postgres, TEMPLATE)) as database:
        schema.upgrade(database)
    return TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, migrated: str) -> Iterator[str]:
    """A fresh database at the newest migration; gone after the test."""
    with new_database(postgres, f"TEMPLATE {migrated} STRATEGY file_copy") as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A fresh database without any migration; gone after the test."""
    with new_database(postgres, "STRATEGY file_copy") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The test's own database, at the newest migration."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def session_timeout() -> timedelta:
    """After how long a chat is over; tests of old chats say something else."""
    return SESSION_TIMEOUT


@pytest.fixture
def pg(database: Database, session_timeout: timedelta) -> PostgresChatStore:
    """The store on the test's own database."""
    return PostgresChatStore(database, session_timeout)


@pytest.fixture
def outbox(database: Database) -> PostgresOutbox:
    """The outbox on the test's own database."""
    return PostgresOutbox(database)


@pytest.fixture(params=["postgres", "memory"])
def store(request: pytest.FixtureRequest) -> ChatStore:
    """Both stores, one after the other; memory starts no PostgreSQL."""
    if request.param == "memory":
        return MemoryChatStore(SESSION_TIMEOUT)
    found: PostgresChatStore = request.getfixturevalue("pg")
    return found


@contextmanager
def new_database(server: EmbeddedPostgres, options: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    run_on_server(server, f"CREATE DATABASE {name} {options}")
    yield url_of(server, name)
    run_on_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def url_of(server: EmbeddedPostgres, database: str) -> str:
    return server.url.rpartition("/")[0] + "/" + database


def run_on_server(server: EmbeddedPostgres, statement: str) -> None:
    """Run a statement beside the tests' databases, on the session's one connection."""
    _on_server[server.url].execute(statement.encode())


def _connect(server: EmbeddedPostgres) -> psycopg.Connection[Any]:
    return psycopg.connect(url_of(server, "postgres"), autocommit=True)
