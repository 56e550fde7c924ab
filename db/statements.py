"""One statement a call: a transaction of its own in one round trip.

The hot roads go past SQLAlchemy's statements, which cost more than PostgreSQL's work,
and use its pool alone.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.rows import RowFactory, namedtuple_row, tuple_row
from sqlalchemy import Engine, exc

from db.store import StoreUnavailableError

Result = TypeVar("Result")
Parameters = Mapping[str, Any]
AT_ONCE_SECONDS = 0.9
REFUSED_DATA = (exc.DataError, psycopg.DataError)
FAILURES = (exc.DBAPIError, exc.TimeoutError, psycopg.Error)


@contextmanager
def outages() -> Iterator[None]:
    """Turn what the driver raises into one error: away, read-only, not migrated.

    DataError stays what it is: the same data would be refused again.
    """
    try:
        yield
    except REFUSED_DATA:
        raise
    except FAILURES as error:
        kind = type(error).__name__
        raise StoreUnavailableError(f"the database is away ({kind})") from error


def repeat_once(call: Callable[[], Result]) -> Result:
    """Make a call, and once more if that may go through now.

    It may if a pooled connection had died unnoticed, or if the user was being erased
    under the statement. For calls that change nothing when they are repeated: the first
    one may have been committed although its answer was lost. One that failed slowly is
    not repeated: the caller has only so much time. Raises StoreUnavailableError.
    """
    began = time.monotonic()
    with outages():
        try:
            return call()
        except (exc.DBAPIError, psycopg.Error) as error:
            slow = time.monotonic() - began > AT_ONCE_SECONDS
            if slow or not _may_go_through(error):
                raise
            return call()


def _may_go_through(error: Exception) -> bool:
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated
    # A user who is being erased vanished under the statement: now there is a new one.
    return isinstance(error, LostConnectionError | errors.ForeignKeyViolation)


class LostConnectionError(psycopg.OperationalError):
    """The connection died under a statement."""


class Statements:
    """Runs single statements on an engine's connections. Raises psycopg's errors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def scalar(self, statement: str, parameters: Parameters) -> Any:
        """Return the first column of the first row, or None."""
        with self._executed(statement, parameters, tuple_row) as cursor:
            row = cursor.fetchone()
        return row[0] if row else None

    def first(self, statement: str, parameters: Parameters) -> Any:
        """Return the first row, as a named tuple, or None."""
        with self._executed(statement, parameters) as cursor:
            return cursor.fetchone()

    def rows(self, statement: str, parameters: Parameters) -> list[Any]:
        """Return all rows, as named tuples."""
        with self._executed(statement, parameters) as cursor:
            return cursor.fetchall()

    def count(self, statement: str, parameters: Parameters) -> int:
        """Return how many rows were written."""
        with self._executed(statement, parameters) as cursor:
            return cursor.rowcount

    @contextmanager
    def _executed(
        self,
        statement: str,
        parameters: Parameters,
        row_factory: RowFactory[Any] = namedtuple_row,
    ) -> Iterator[psycopg.Cursor[Any]]:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        try:
            with _autocommit(connection), connection.cursor() as cursor:
                cursor.row_factory = row_factory
                yield cursor.execute(statement, parameters)
        except psycopg.Error as error:
            if not connection.closed:
                raise
            # As SQLAlchemy does it: whatever was connected before is not used again.
            self._engine.pool._invalidate(pooled, error)
            raise LostConnectionError(str(error)) from error
        finally:
            pooled.close()


@contextmanager
def _autocommit(connection: Any) -> Iterator[None]:
    """Have each statement commit itself, on an engine that does not do so anyway."""
    if connection.autocommit:
        yield
        return
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = False
