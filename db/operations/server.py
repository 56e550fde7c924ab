"""Connections for operations: to any database of the server, with errors in words."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from db.engine import Limits, conninfo, parse_url
from db.errors import OperatorError

Connection = psycopg.Connection[tuple[Any, ...]]
# Counting or copying a large table takes its time; a lock is not worth that much.
LONGEST_STATEMENT = Limits(connections=1, statement_seconds=4 * 3600)
MAINTENANCE = ("postgres", "template1")


def database_of(url: str) -> str:
    """Return the database's name."""
    parsed = parse_url(url)
    return parsed.database or parsed.username or "postgres"


def with_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server, password included."""
    return parse_url(url).set(database=name).render_as_string(hide_password=False)


def connect(url: str, name: str | None = None) -> Connection:
    """Open a connection in autocommit, whose statements may take hours.

    Raises psycopg.Error: see `explained`.
    """
    target = with_database(url, name) if name else url
    return psycopg.connect(conninfo(target, LONGEST_STATEMENT), autocommit=True)


def connect_beside(url: str) -> Connection:
    """Connect to a database that is not the bot's, from where that one is renamed."""
    first, *others = (name for name in MAINTENANCE if name != database_of(url))
    try:
        return connect(url, first)
    except psycopg.OperationalError:
        if not others:
            raise
        return connect(url, others[0])


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn the driver's errors into an OperatorError: what failed, and why.

    Only the first line is told: those below it may quote what people wrote.
    """
    try:
        yield
    except psycopg.Error as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise OperatorError(f"{doing} failed: {lines[0]}") from None


def tool_arguments(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the URL without its password, and an environment that holds it.

    For PostgreSQL's programs: arguments are for everyone to see.
    """
    parsed = parse_url(url).set(drivername="postgresql")
    password = parsed.password or parsed.query.get("password")
    shown = parsed._replace(password=None).difference_update_query(["password"])
    secret = {"PGPASSWORD": str(password)} if password else {}
    environment = {"PGCONNECT_TIMEOUT": "10", **os.environ, "LC_ALL": "C", **secret}
    return shown.render_as_string(), environment
