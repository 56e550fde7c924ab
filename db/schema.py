"""The database's migrations: run them, and tell where a database stands.

Alembic is loaded only where migrations are run or listed: web and worker need to know
no more than which one is the newest.
"""

# ruff: noqa: PLC0415

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import errors

from db.address import parse_url
from db.database import Connection, Database, Statements
from db.errors import OperatorError
from db.outages import FAILURES, WRITTEN, is_away, name_of, reason_of, who_may
from db.queue.jobs import REACHABLE

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory
    from sqlalchemy import Connection as AlchemyConnection

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_203_115_809  # any number, the same in every process
WHOLE_MIGRATION_SECONDS = 3600.0
VERSION_TABLE = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
VERSION = "SELECT version_num FROM public.alembic_version"
LOCK = "SELECT pg_advisory_xact_lock(%(number)s)"


def head() -> str:
    """Return the newest revision that this code knows."""
    return _revisions()[-1]


def knows(revision: str | None) -> bool:
    """Tell whether upgrading from a revision is something this code can do."""
    return revision in {None, *_revisions()}


@cache
def _revisions() -> tuple[str, ...]:
    """Return the revisions, oldest first: their files are numbered."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def current(database: Statements) -> str | None:
    """Return the database's revision, or None where nothing was migrated yet.

    Raises psycopg's errors.
    """
    if not database.scalar(VERSION_TABLE):
        return None
    found = database.scalar(VERSION)
    return None if found is None else str(found)


class HiddenError(OperatorError):
    """What this role may not do; the text says which one may."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration: its number, its first line, and what taking it back loses."""

    revision: str
    summary: str
    loses: str | None


def history() -> list[Migration]:
    """Return this code's migrations, oldest first."""
    return [_describe(script) for script in _scripts().walk_revisions()][::-1]


def _describe(script: "Script") -> Migration:
    summary = (script.doc or "").partition("\n")[0]
    loses = getattr(script.module, "LOSES", "what it made, with its data")
    return Migration(script.revision, summary, loses)


def read_current(database: Database) -> str | None:
    """Return the database's revision, or None where nothing was migrated yet.

    Raises OperatorError where it can't be reached.
    """
    with _explained(database):
        return current(database)


def find_undone(database: Database, revision: str) -> list[Migration]:
    """Return the migrations that a downgrade takes back, newest first.

    Raises OperatorError where this code does not know the way.
    """
    found = read_current(database)
    known = [migration.revision for migration in history()]
    if found is None:
        return []
    if found not in known:
        raise OperatorError(_ahead(found))
    if revision not in {"base", *known}:
        raise OperatorError(
            f"there is no migration {revision}: `bot db history` lists them, and "
            "`base` stands for none"
        )
    kept = known.index(revision) + 1 if revision in known else 0
    return history()[kept : known.index(found) + 1][::-1]


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to a revision, in one transaction; two at once are safe.

    Raises OperatorError where this code does not know the way.
    """
    from alembic import command

    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to a revision (`base`: none of our tables).

    What its migrations made is dropped: `find_undone` tells which data goes with it.
    Raises OperatorError where this code does not know the way.
    """
    from alembic import command

    _run(database, command.downgrade, revision)


def require_current(database: Database) -> str | None:
    """Raise OperatorError where the database is at another migration than this code.

    A database that can't be asked passes, since that may be mended without us: the text
    says why.
    """
    try:
        found = current(database)
    except FAILURES as error:
        return _tell(error, database)
    if found != head():
        raise OperatorError(_mismatch(found))
    return None


def find_fault(database: Database) -> str | None:
    """Return None if the database and its queue can be worked with, else why not."""
    try:
        found = current(database)
        if found != head():
            return _mismatch(found, database.setting)
        database.scalar(REACHABLE)
    except FAILURES as error:
        return _tell(error, database)
    return None


def _tell(error: Exception, database: Database) -> str:
    what = "reached" if is_away(error) else "worked with"
    name = name_of(database.setting)
    return f"{name} can't be {what}: {reason_of(error, database.setting)}"


def _mismatch(found: str | None, setting: str = WRITTEN) -> str:
    if not knows(found):
        return _ahead(found)
    return (
        f"{name_of(setting)} is at migration {found or 'none'}, this code needs "
        f"{head()}: run `bot db upgrade`"
    )


def _ahead(found: str | None) -> str:
    return (
        f"the database is at migration {found}, this code needs {head()} and does not "
        "know that one: start newer code, or go back with it (`bot db downgrade "
        f"{head()}`)"
    )


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    """Turn an outage into an OperatorError; a migration's own fault stays as it is."""
    try:
        yield
    except FAILURES as error:
        cause = getattr(error, "orig", error)
        if isinstance(cause, errors.InsufficientPrivilege):
            user = parse_url(database.url).username or "this role"
            raise HiddenError(who_may(user)) from None
        if not is_away(error):
            raise
        raise OperatorError(_tell(error, database)) from None


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def _config(connection: "AlchemyConnection | None" = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(
    database: Database, run: "Callable[[Config, str], None]", revision: str
) -> None:
    from alembic.util import CommandError

    try:
        with (
            _explained(database),
            database.alchemy(WHOLE_MIGRATION_SECONDS) as connection,
        ):
            raw: Any = connection.connection.driver_connection
            driver = Connection(raw)
            driver.scalar(LOCK, {"number": ONE_AT_A_TIME})
            if not knows(found := current(driver)):
                raise OperatorError(_ahead(found))
            run(_config(connection), revision)
    except CommandError as error:
        raise OperatorError(
            f"no way to migration {revision} ({error}): `bot db history` lists them"
        ) from None
