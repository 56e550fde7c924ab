"""The database's migrations: run them, and tell where a database stands."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, exc, text

from db.engine import Limits, build_engine
from db.queue import REACHABLE

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_203_115_809  # any number, the same in every process
WHOLE_MIGRATION = Limits(connections=1, statement_seconds=3600)


def head() -> str:
    """Return the newest revision that this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(connection: Connection) -> str | None:
    """Return the database's revision, or None where nothing was migrated yet."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision, in one transaction; two at once are safe."""
    _run(url, command.upgrade, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision (`base`: none of our tables)."""
    _run(url, command.downgrade, revision)


def find_fault(engine: Engine) -> str | None:
    """Return None if the database and its queue can be worked with, else why not."""
    try:
        with engine.begin() as connection:
            found = current(connection)
            if found != head():
                cure = "run `bot db upgrade`" if _knows(found) else "start newer code"
                return (
                    f"the database is at migration {found or 'none'}, this code "
                    f"needs {head()}: {cure}"
                )
            connection.execute(REACHABLE)
    except exc.ProgrammingError as error:
        return f"the queue's tables can't be read: {type(error.orig).__name__}"
    except exc.SQLAlchemyError as error:
        return f"the database can't be reached: {type(error).__name__}"
    return None


def _knows(revision: str | None) -> bool:
    """Tell whether upgrading from a revision is something this code can do."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {None, *(script.revision for script in scripts)}


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(url: str, run: Callable[[Config, str], None], revision: str) -> None:
    engine = build_engine(url, WHOLE_MIGRATION)
    try:
        with engine.begin() as connection:
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(lock, {"number": ONE_AT_A_TIME})
            run(_config(connection), revision)
    finally:
        engine.dispose()
