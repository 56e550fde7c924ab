"""What the tests of the embedded server share."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from db.embedded.server import EmbeddedPostgres

QUICK = {"fsync": "off"}
AS_ROOT = os.geteuid() == 0


@contextmanager
def folder_in_memory(mode: int = 0o755) -> Iterator[Path]:
    """A folder that others may enter; in memory where that is possible."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        Path(name).chmod(mode)
        yield Path(name)


def run_sql(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute(statement.encode())


def value_of(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def pid_of(server: EmbeddedPostgres) -> int:
    assert server.process is not None
    return server.process.pid
