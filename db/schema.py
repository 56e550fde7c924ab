"""The database's migrations: run them, and tell where a database stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, exc, text

from db.engine import Limits, build_engine
from db.errors import OperatorError
from db.queue import REACHABLE

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_203_115_809  # any number, the same in every process
ONE_LOOK = Limits(connections=1)
WHOLE_MIGRATION = Limits(connections=1, statement_seconds=3600)


def head() -> str:
    """Return the newest revision that this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(connection: Connection) -> str | None:
    """Return the database's revision, or None where nothing was migrated yet."""
    return MigrationContext.configure(connection).get_current_revision()


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration: its number and its first line."""

    revision: str
    summary: str


def history() -> list[Migration]:
    """Return this code's migrations, oldest first."""
    walk = ScriptDirectory.from_config(_config()).walk_revisions()
    return [Migration(script.revision, _summary(script)) for script in walk][::-1]


def knows(revision: str | None) -> bool:
    """Tell whether upgrading from a revision is something this code can do."""
    return revision in {None, *(migration.revision for migration in history())}


def read_current(url: str) -> str | None:
    """Return the database's revision, or None where nothing was migrated yet.

    Raises OperatorError where it can't be reached.
    """
    with _explained():
        return _read_current(url)


def _read_current(url: str) -> str | None:
    engine = build_engine(url, ONE_LOOK)
    try:
        with engine.begin() as connection:
            return current(connection)
    finally:
        engine.dispose()


def find_undone(url: str, revision: str) -> list[Migration]:
    """Return the migrations that a downgrade takes back, newest first.

    Raises OperatorError where this code does not know the way.
    """
    found = read_current(url)
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


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision, in one transaction; two at once are safe.

    Raises OperatorError where this code does not know the way.
    """
    _run(url, command.upgrade, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision (`base`: none of our tables).

    What its migrations made is dropped with all that is in it. Raises OperatorError
    where this code does not know the way.
    """
    _run(url, command.downgrade, revision)


def require_current(url: str) -> None:
    """Raise OperatorError where the database is at another migration than this code.

    A database that can't be reached passes: that may be mended without us.
    """
    try:
        found = _read_current(url)
    except exc.SQLAlchemyError:
        return
    if found != head():
        raise OperatorError(_mismatch(found))


def find_fault(engine: Engine) -> str | None:
    """Return None if the database and its queue can be worked with, else why not."""
    try:
        with engine.begin() as connection:
            found = current(connection)
            if found != head():
                return _mismatch(found)
            connection.execute(REACHABLE)
    except exc.ProgrammingError as error:
        return f"the queue's tables can't be read: {type(error.orig).__name__}"
    except exc.SQLAlchemyError as error:
        return f"the database can't be reached: {type(error).__name__}"
    return None


def _mismatch(found: str | None) -> str:
    if not knows(found):
        return _ahead(found)
    return (
        f"the database is at migration {found or 'none'}, this code needs {head()}: "
        "run `bot db upgrade`"
    )


def _ahead(found: str | None) -> str:
    return (
        f"the database is at migration {found}, this code needs {head()} and does not "
        "know that one: start newer code, or go back with it (`bot db downgrade "
        f"{head()}`)"
    )


def _summary(script: Script) -> str:
    return (script.doc or "").partition("\n")[0]


@contextmanager
def _explained() -> Iterator[None]:
    """Turn an outage into an OperatorError; a migration's own fault stays as it is."""
    try:
        yield
    except exc.ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise OperatorError(
            "this role may not change tables: give the owner's address as "
            "DATABASE_URL (see `bot db roles`)"
        ) from None
    except exc.OperationalError as error:
        reason = str(error.orig).partition("\n")[0]
        raise OperatorError(f"the database can't do that now: {reason}") from None


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(url: str, run: Callable[[Config, str], None], revision: str) -> None:
    engine = build_engine(url, WHOLE_MIGRATION)
    try:
        with _explained(), engine.begin() as connection:
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(lock, {"number": ONE_AT_A_TIME})
            if not knows(found := current(connection)):
                raise OperatorError(_ahead(found))
            run(_config(connection), revision)
    except CommandError as error:
        raise OperatorError(
            f"no way to migration {revision} ({error}): `bot db history` lists them"
        ) from None
    finally:
        engine.dispose()
