"""Four roles for the database: its owner, the bot, the console, and who looks."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import errors, sql

from db.access.rights import RoleNames, is_migrated, statements
from db.address import parse_url, with_login
from db.beside.owner import hash_password
from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import first_line, reason_of
from db.pool import SEARCH_PATH
from db.schema import LOCK, ONE_AT_A_TIME

PREFIX = re.compile("[a-z][a-z0-9_]{0,40}")
MOST_SECONDS = 60.0
# Changing an owner locks the table: the bot's own statements must not wait for long.
PATIENCE = "SELECT set_config('lock_timeout', %(patience)s, true)"
PATIENCE_SECONDS = 5.0
KNOWN = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%(names)s)"
RUNS_AS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
TOO_MIGHTY = """
SELECT rolname FROM pg_roles
WHERE rolname = ANY (%(names)s)
  AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)
"""


@dataclass(frozen=True, slots=True)
class Login:
    """One role and how it connects. `url` is None where its password stays."""

    name: str
    url: str | None = field(repr=False)


def set_up_roles(
    database: Database,
    prefix: str,
    passwords: Mapping[str, str] | None = None,
    *,
    renew: bool = False,
    patience: float = PATIENCE_SECONDS,
) -> list[Login]:
    """Make the four roles where they are missing and give each exactly its rights.

    One transaction: all of it or nothing. `passwords` are by role; a new role that has
    none there gets a random one, with `renew` every role. The server is only told their
    SCRAM verifiers. It waits so many seconds (`patience`) for a table that is held.
    Raises OperatorError.
    """
    roles = _name(prefix)
    given = _check(roles, passwords or {})
    with _connected(database, patience) as connection:
        _require_schemas(connection)
        new = _set_up(connection, roles, given, renew=renew)
    return [Login(name, _url_of(database.url, name, new.get(name))) for name in roles]


def make_roles(database: Database, prefix: str, passwords: Mapping[str, str]) -> None:
    """Do the same with what there is, as before the first migration.

    Raises OperatorError.
    """
    roles = _name(prefix)
    with _connected(database) as connection:
        _set_up(connection, roles, _check(roles, passwords), renew=False)


def _set_up(
    connection: Connection,
    roles: RoleNames,
    given: Mapping[str, str],
    *,
    renew: bool,
) -> Mapping[str, str]:
    """Return the passwords that are new."""
    known = _known(connection, roles)
    new = {
        name: given.get(name) or secrets.token_urlsafe(24)
        for name in roles
        if name in given or renew or name not in known
    }
    for statement in _make(connection, roles, known, new):
        connection.count(statement)
    for statement in statements(connection, roles):
        connection.count(statement)
    return new


def write_script(database: Database, prefix: str) -> Iterator[str]:
    r"""Yield the same as lines for psql, without passwords: `\password` asks for them.

    For an administrator where the caller may not make roles. Changes nothing.
    """
    roles = _name(prefix)
    with _connected(database) as connection:
        _require_schemas(connection)
        known = _known(connection, roles)
        yield "BEGIN;"
        yield f"SET LOCAL search_path TO {SEARCH_PATH};"
        for name in roles:
            if name not in known:
                yield f"CREATE ROLE {name} LOGIN;"
        yield f"GRANT {roles.owner} TO CURRENT_USER;"
        for statement in statements(connection, roles):
            yield statement.as_string(connection.driver) + ";"
        yield "COMMIT;"
        yield from (rf"\password {name}" for name in roles if name not in known)


def _name(prefix: str) -> RoleNames:
    if not PREFIX.fullmatch(prefix):
        raise OperatorError(
            "A prefix is up to 41 small letters, digits and _; the first is a letter."
        )
    return RoleNames(prefix)


def _check(roles: RoleNames, passwords: Mapping[str, str]) -> Mapping[str, str]:
    if strange := set(passwords) - set(roles):
        raise OperatorError(
            f"There are passwords for {', '.join(sorted(strange))}: the roles are "
            f"{', '.join(roles)}."
        )
    return passwords


@contextmanager
def _connected(
    database: Database, patience: float = PATIENCE_SECONDS
) -> Iterator[Connection]:
    """Yield a transaction; say what is missing where the server refuses."""
    try:
        with database.transaction(
            MOST_SECONDS, idle_seconds=MOST_SECONDS
        ) as connection:
            connection.scalar(PATIENCE, {"patience": f"{patience}s"})
            connection.scalar(LOCK, {"number": ONE_AT_A_TIME})
            yield connection
    except errors.InsufficientPrivilege as error:
        raise OperatorError(_explain(error, parse_url(database.url).username)) from None
    except errors.LockNotAvailable:
        raise OperatorError(
            "The bot held a table for too long, and nothing was changed: try again, or "
            "stop the workers meanwhile."
        ) from None
    except psycopg.OperationalError as error:
        raise OperatorError(
            "The database can't be reached, and nothing was changed: "
            + reason_of(error)
        ) from None


def _require_schemas(connection: Connection) -> None:
    if not is_migrated(connection):
        raise OperatorError("The database is not migrated: run `bot db upgrade` first.")


def _explain(error: errors.InsufficientPrivilege, user: str | None) -> str:
    told = first_line(error)
    return (
        f"{user} may not do this ({told}), and nothing was changed. Connect as a "
        "superuser, or as the role that owns the database and its tables and has "
        "CREATEROLE (a managed host's first user); or give the output of "
        "`bot db roles --print` to whoever administers the server."
    )


def _known(connection: Connection, roles: RoleNames) -> set[str]:
    mighty = connection.column(TOO_MIGHTY, {"names": list(roles)})
    if mighty:
        raise OperatorError(
            f"{mighty[0]} exists already and may do more than rights can bound: "
            "choose another --prefix."
        )
    return set(connection.column(KNOWN, {"names": list(roles)}))


def _make(
    connection: Connection,
    roles: RoleNames,
    known: set[str],
    passwords: Mapping[str, str],
) -> Sequence[sql.Composed]:
    made = []
    for name in roles:
        words = "ALTER ROLE {} LOGIN" if name in known else "CREATE ROLE {} LOGIN"
        statement = sql.SQL(words).format(sql.Identifier(name))
        if name in passwords:
            verifier = hash_password(connection, name, passwords[name])
            statement += sql.SQL(" PASSWORD {}").format(sql.Literal(verifier))
        made.append(statement)
    if not _runs_as_superuser(connection):
        # Else it may neither hand its tables over nor speak for the new owner.
        words = "GRANT {} TO CURRENT_USER"
        made.append(sql.SQL(words).format(sql.Identifier(roles.owner)))
    return made


def _runs_as_superuser(connection: Connection) -> bool:
    return bool(connection.scalar(RUNS_AS_SUPERUSER))


def _url_of(url: str, name: str, password: str | None) -> str | None:
    return None if password is None else with_login(url, name, password)
