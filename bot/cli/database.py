"""The settings and the database that a command works on."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.settings import Settings
    from db.database import Database

# For one statement of a command; what takes longer says so itself.
MOST_SECONDS = 300.0


def read_settings() -> "Settings":
    """Return the settings; they are loaded here, since `bot --help` needs none."""
    from bot.settings import Settings

    return Settings.from_env()


@contextmanager
def database_url() -> Iterator[str]:
    """Yield the configured database's, or the embedded one's, started if it must be."""
    configured = read_settings()
    if configured.database_url is not None:
        yield configured.database_url
        return
    from db.embedded.server import EmbeddedPostgres

    running = configured.data_folder / "postgres.url"
    if running.exists():
        yield running.read_text().strip()
        return
    with EmbeddedPostgres(configured.data_folder) as postgres:
        yield postgres.url


@contextmanager
def database() -> "Iterator[Database]":
    """Yield that database, at whatever migration it is, if it can be reached at all."""
    from db.database import Database
    from db.pool import Limits

    with database_url() as url:
        limits = Limits(connections=2, statement_seconds=MOST_SECONDS, pool_seconds=30)
        opened = Database(url, limits)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def migrated_database() -> "Iterator[Database]":
    """Yield that database, at the migration of this code.

    Raises OperatorError where it is away or at another one.
    """
    from db import schema

    with database() as opened:
        fault = schema.find_fault(opened)
        if fault is not None:
            raise OperatorError(fault)
        yield opened
