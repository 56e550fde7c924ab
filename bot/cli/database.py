"""The settings and the database that a command works on."""

# ruff: noqa: PLC0415

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.settings import Settings
    from db.database import Connection, Database

# For one statement of a command; what takes longer says so itself.
MOST_SECONDS = 300.0


def read_settings(cautions: Sequence[str] = ()) -> "Settings":
    """Return the settings; they are loaded here, since `bot --help` needs none.

    The cautions are told where the settings are wrong: they may be why.
    """
    from bot.settings import Settings, SettingsError

    try:
        return Settings.from_env()
    except SettingsError:
        warn(cautions)
        raise


def read_settings_for(process: str, cautions: Sequence[str]) -> "Settings":
    """Return the settings for `run`, `web` or `worker`, if nothing stops it.

    Raises SettingsError; then the cautions are told as well.
    """
    from bot.checks.starts import require_start
    from bot.settings import SettingsError

    settings = read_settings(cautions)
    try:
        require_start(settings, process)
    except SettingsError:
        warn(cautions)
        raise
    return settings


def read_cautions() -> list[str]:
    """Return what is no fault of the settings, and yet hardly meant."""
    from bot.checks.cautions import find_cautions
    from bot.environment import PROJECT, load_environment

    file = PROJECT / ".env"
    return list(find_cautions(load_environment(os.environ, file), file))


def warn(cautions: Sequence[str]) -> None:
    """Tell what is doubtful, beside what a command prints."""
    for caution in cautions:
        click.echo(f"Warning: {caution}", err=True)


@contextmanager
def database_url() -> Iterator[str]:
    """Yield the configured database's, or the embedded one's, started if it must be."""
    configured = read_settings()
    if configured.database_url is not None:
        yield configured.database_url
        return
    from db.embedded.server import EmbeddedPostgres, running_url

    running = running_url(configured.data_folder)
    if running is not None:
        yield running
        return
    with EmbeddedPostgres(configured.data_folder) as postgres:
        yield postgres.url


@contextmanager
def database() -> "Iterator[Database]":
    """Yield that database, at whatever migration it is, if it can be reached at all."""
    with database_url() as url, _opened(url, "DATABASE_URL") as opened:
        yield opened


@contextmanager
def _opened(url: str, setting: str) -> "Iterator[Database]":
    from db.database import Database
    from db.pool import Limits

    limits = Limits(connections=2, statement_seconds=MOST_SECONDS, pool_seconds=30)
    opened = Database(url, limits, setting)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def migrated_database() -> "Iterator[Database]":
    """Yield that database, at the migration of this code.

    Raises OperatorError where it is away or at another one.
    """
    with database() as opened:
        _require_current(opened)
        yield opened


@contextmanager
def reading() -> "Iterator[Connection]":
    """Yield one moment of DATABASE_READ_URL's database, or else of that same database.

    For commands that change nothing, and may show what was true a moment ago. Raises
    OperatorError, which names the one that is away or at another migration.
    """
    url = read_settings().database_read_url
    with _opened(url, "DATABASE_READ_URL") if url else database() as opened:
        _require_current(opened)
        with opened.reading() as connection:
            yield connection


def _require_current(opened: "Database") -> None:
    from db import schema

    fault = schema.find_fault(opened)
    if fault is not None:
        raise OperatorError(fault)
