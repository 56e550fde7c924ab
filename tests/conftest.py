"""A real PostgreSQL for the tests: one server, a fresh database for each test."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from db import schema
from db.embedded.server import EmbeddedPostgres
from db.engine import Limits, build_engine
from db.memory import MemoryChatStore
from db.postgres import PostgresChatStore
from db.store import ChatStore

SESSION_TIMEOUT = timedelta(days=1)
# Generous: what the tests hold is never how fast a busy machine is.
PATIENT = Limits(connections=16, statement_seconds=30, pool_seconds=30)
# Quick where only power cuts are at stake; a killed server keeps what it committed.
SETTINGS = {
    "autovacuum": "off",  # it would be in the way of copying the template
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
}
TEMPLATE = "template_migrated"


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server that all tests share; its data in memory where that is possible."""
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    with tempfile.TemporaryDirectory(dir=memory if usable else None) as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "data", SETTINGS) as server:
            yield server


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedPostgres) -> str:
    """The name of a database at the newest migration, for copies to be made of."""
    run_on_server(postgres, f"CREATE DATABASE {TEMPLATE}")
    schema.upgrade(url_of(postgres, TEMPLATE))
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
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the test's own database."""
    engine = build_engine(database_url, PATIENT)
    yield engine
    engine.dispose()


@pytest.fixture(params=["postgres", "memory"])
def store(request: pytest.FixtureRequest) -> ChatStore:
    """Both stores, one after the other; memory starts no PostgreSQL."""
    if request.param == "memory":
        return MemoryChatStore(SESSION_TIMEOUT)
    return PostgresChatStore(request.getfixturevalue("engine"), SESSION_TIMEOUT)


@contextmanager
def new_database(server: EmbeddedPostgres, options: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    run_on_server(server, f"CREATE DATABASE {name} {options}")
    yield url_of(server, name)
    run_on_server(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def url_of(server: EmbeddedPostgres, database: str) -> str:
    return server.url.rpartition("/")[0] + "/" + database


def run_on_server(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
