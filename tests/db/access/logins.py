"""Roles for tests: cluster-wide, so each has a name of its own and is taken away."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from db.access.roles import set_up_roles
from tests.db.sql import opened


def new_prefix() -> str:
    return f"t{secrets.token_hex(4)}"


@contextmanager
def three_roles(url: str) -> Iterator[dict[str, str]]:
    """Yield a URL for `owner`, `app`, `console` and `readonly` in the database."""
    prefix = new_prefix()
    with gone_after(url, prefix):
        with opened(url) as database:
            logins = set_up_roles(database, prefix)
        yield {
            login.name.removeprefix(f"{prefix}_"): str(login.url) for login in logins
        }


@contextmanager
def gone_after(url: str, prefix: str) -> Iterator[None]:
    """Drop the roles at the end; what they own goes back to who connects."""
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            query = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
            for (name,) in connection.execute(query, [prefix]).fetchall():
                role = sql.Identifier(name)
                for words in (
                    "REASSIGN OWNED BY {} TO CURRENT_USER",
                    "DROP OWNED BY {}",
                    "DROP ROLE {}",
                ):
                    connection.execute(sql.SQL(words).format(role))


def refusal(url: str, *statements: str) -> str | None:
    """Run statements one by one; return the SQLSTATE of the one that is refused."""
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            for statement in statements:
                connection.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate
    return None
