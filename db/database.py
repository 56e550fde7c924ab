"""The one way to speak to the database, for the hot road, operations and commands.

A statement is SQL with parameters as `%(name)s`, psycopg's own composed SQL, or a
statement of SQLAlchemy Core. SQLAlchemy keeps the pool and writes lists with filters;
statements go past it to the driver, since running one through it costs more than
PostgreSQL's work on the hot road.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any, TypeVar, cast

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import RowFactory, class_row, namedtuple_row, tuple_row
from psycopg.sql import Composable
from sqlalchemy import ClauseElement
from sqlalchemy import Connection as AlchemyConnection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import PoolProxiedConnection

from db.address import database_of, with_database
from db.outages import WRITTEN, LostConnectionError, RefusedError, in_time, outages
from db.pool import BoundedConnection, Limits, Losses, Pool, opening_of

Statement = str | Composable | ClauseElement
Parameters = Mapping[str, Any]
Row = TypeVar("Row")
LIMITS = Limits()
DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
READ_SECONDS = 300.0
# Between two reads: whoever reads a long list page by page may take a while.
READ_IDLE_SECONDS = 3600.0
MAINTENANCE = ("postgres", "template1")


class Statements(ABC):
    """Runs statements. Raises psycopg's errors."""

    def scalar(self, statement: Statement, parameters: Parameters | None = None) -> Any:
        """Return the first column of the first row, or None."""
        with self._executed(statement, parameters, tuple_row) as cursor:
            row = cursor.fetchone()
        return row[0] if row else None

    def first(self, statement: Statement, parameters: Parameters | None = None) -> Any:
        """Return the first row, as a named tuple, or None."""
        with self._executed(statement, parameters, namedtuple_row) as cursor:
            return cursor.fetchone()

    def rows(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> list[Any]:
        """Return all rows, as named tuples."""
        with self._executed(statement, parameters, namedtuple_row) as cursor:
            return cursor.fetchall()

    def column(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> list[Any]:
        """Return the first column of all rows."""
        with self._executed(statement, parameters, tuple_row) as cursor:
            return [row[0] for row in cursor]

    def read(
        self,
        kind: type[Row],
        statement: Statement,
        parameters: Parameters | None = None,
    ) -> list[Row]:
        """Return all rows as objects of a class that takes the columns by name."""
        with self._executed(statement, parameters, class_row(kind)) as cursor:
            return cast(list[Row], cursor.fetchall())

    def count(self, statement: Statement, parameters: Parameters | None = None) -> int:
        """Run a statement; return how many rows it wrote."""
        with self._executed(statement, parameters, tuple_row) as cursor:
            return cursor.rowcount

    @abstractmethod
    def _executed(
        self, statement: Statement, parameters: Parameters | None, row: RowFactory[Any]
    ) -> AbstractContextManager[psycopg.Cursor[Any]]:
        """Yield a cursor that has run the statement."""


class Connection(Statements):
    """A transaction that is open. `driver` is for what psycopg alone can do."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self.driver = driver

    def stream(
        self, statement: Statement, parameters: Parameters | None = None, lot: int = 20
    ) -> Iterator[Any]:
        """Yield rows as named tuples, a `lot` in memory; one stream at a time."""
        query, values = _written(statement, parameters)
        with self.driver.cursor("stream", row_factory=namedtuple_row) as cursor:
            cursor.itersize = lot
            yield from cursor.execute(query, values)

    @contextmanager
    def _executed(
        self, statement: Statement, parameters: Parameters | None, row: RowFactory[Any]
    ) -> Iterator[psycopg.Cursor[Any]]:
        with self.driver.cursor(row_factory=row) as cursor:
            yield cursor.execute(*_written(statement, parameters))


class Database(Statements):
    """One database: each of its statements is a transaction, in one round trip."""

    def __init__(
        self,
        url: str,
        limits: Limits = LIMITS,
        setting: str = WRITTEN,
        losses: Losses | None = None,
    ) -> None:
        self.url = url
        self.setting = setting  # what holds the address, for errors
        self._pool = Pool(url, limits, losses)

    def __repr__(self) -> str:
        return f"Database({self.name!r})"  # not the address: it holds the password

    @property
    def name(self) -> str:
        """The database's name on its server."""
        return database_of(self.url)

    def count_each(self, statement: str, lot: Sequence[Parameters]) -> list[int]:
        """Run a statement for each of a lot; return how many rows each wrote.

        All in one transaction, and one round trip.
        """
        with self._cursor(tuple_row) as cursor:
            cursor.executemany(statement, lot, returning=True)
            return [each.rowcount for each in cursor.results()]

    def close(self) -> None:
        """Close the connections."""
        self._pool.engine.dispose()

    @contextmanager
    def transaction(
        self,
        seconds: float | None = None,
        *,
        snapshot: bool = False,
        idle_seconds: float | None = None,
    ) -> Iterator[Connection]:
        """Yield a connection in a transaction: all of it is committed, or nothing.

        Statements may take `seconds` each, pauses between them `idle_seconds`, where
        the limits say something else. A `snapshot` sees one moment and changes nothing.
        """
        pooled = self._begin(opening_of(seconds, idle_seconds, snapshot))
        with self._returning(pooled) as driver, driver.waiting(seconds):
            try:
                yield Connection(driver)
            except BaseException:
                _roll_back(driver)
                raise
            if driver.info.transaction_status == TransactionStatus.INERROR:
                _roll_back(driver)
                raise psycopg.errors.InFailedSqlTransaction("a statement had failed")
            driver.execute("COMMIT")

    @contextmanager
    def reading(self, seconds: float = READ_SECONDS) -> Iterator[Connection]:
        """Yield a snapshot for commands and pages that read and change nothing.

        Raises OperatorError where the database is away, and where a statement takes
        over `seconds`.
        """
        idle = READ_IDLE_SECONDS
        with (
            outages(self.setting),
            in_time(seconds),
            self.transaction(seconds, snapshot=True, idle_seconds=idle) as connection,
        ):
            yield connection

    @contextmanager
    def alchemy(self, seconds: float) -> Iterator[AlchemyConnection]:
        """Yield SQLAlchemy's own connection, in a transaction: Alembic wants one."""
        engine = self._pool.engine.execution_options(isolation_level="READ COMMITTED")
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            with driver.waiting(seconds):
                limit = f"SET LOCAL statement_timeout = {int(1000 * seconds)}"
                connection.exec_driver_sql(limit)
                yield connection

    def apart(self, limits: Limits) -> "Database":
        """Return the same database over other connections; both know what one lost."""
        return Database(self.url, limits, self.setting, self._pool.losses)

    def beside(self, name: str, limits: Limits) -> "Database":
        """Return another database of the same server."""
        return Database(with_database(self.url, name), limits)

    @contextmanager
    def maintenance(self, limits: Limits) -> Iterator["Database"]:
        """Yield a database that is not the bot's, from where that one is renamed.

        Raises psycopg's errors where none lets us in.
        """
        first, *others = (name for name in MAINTENANCE if name != self.name)
        beside = self.beside(first, limits)
        try:
            beside.scalar("SELECT 1")
        except psycopg.OperationalError:
            if not others:
                raise
            beside = self.beside(others[0], limits)
            beside.scalar("SELECT 1")
        with closing(beside):
            yield beside

    @contextmanager
    def _executed(
        self, statement: Statement, parameters: Parameters | None, row: RowFactory[Any]
    ) -> Iterator[psycopg.Cursor[Any]]:
        with self._cursor(row) as cursor:
            yield cursor.execute(*_written(statement, parameters))

    @contextmanager
    def _cursor(self, row: RowFactory[Any]) -> Iterator[psycopg.Cursor[Any]]:
        pooled = self._pool.engine.raw_connection()
        with (
            self._returning(pooled) as driver,
            driver.cursor(row_factory=row) as cursor,
        ):
            yield cursor

    def _begin(self, opening: str) -> PoolProxiedConnection:
        """Return a connection in a transaction; a pooled one may have died."""
        try:
            return self._begin_once(opening)
        except LostConnectionError:
            return self._begin_once(opening)

    def _begin_once(self, opening: str) -> PoolProxiedConnection:
        pooled = self._pool.engine.raw_connection()
        try:
            cast(Any, pooled.driver_connection).execute(opening)
        except psycopg.Error:
            with self._returning(pooled):
                raise
        return pooled

    @contextmanager
    def _returning(self, pooled: PoolProxiedConnection) -> Iterator[BoundedConnection]:
        """Yield a connection; back in the pool it goes only if it is as it came."""
        driver = cast(BoundedConnection, pooled.driver_connection)
        try:
            yield driver
        except psycopg.errors.InsufficientPrivilege as error:
            raise RefusedError(str(error), driver.info.user) from error
        except psycopg.errors.ReadOnlySqlTransaction:
            self._pool.distrust()  # of several hosts another one may take writes now
            raise
        except psycopg.Error as error:
            if not driver.closed:
                raise
            self._pool.distrust()
            raise LostConnectionError(str(error)) from error
        finally:
            if driver.info.transaction_status != TransactionStatus.IDLE:
                pooled.invalidate()
            pooled.close()


def _written(
    statement: Statement, parameters: Parameters | None
) -> tuple[Any, Parameters | None]:
    """Return what the driver runs."""
    if not isinstance(statement, ClauseElement):
        return statement, parameters
    compiled = statement.compile(
        dialect=DIALECT, compile_kwargs={"render_postcompile": True}
    )
    return str(compiled), {**compiled.params, **(parameters or {})}


def _roll_back(driver: BoundedConnection) -> None:
    """Leave the transaction; a connection that can't is not used again."""
    with suppress(psycopg.Error):
        driver.execute("ROLLBACK")
