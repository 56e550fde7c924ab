"""A connection for commands that read much and change nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, exc

from db.engine import Limits, build_engine
from db.errors import OperatorError
from db.schema import find_fault
from db.statements import outages

MOST_SECONDS = 300.0
# Between two reads: whoever reads a long list page by page may take a while.
MOST_IDLE = "1h"


@contextmanager
def reading(url: str, most_seconds: float = MOST_SECONDS) -> Iterator[Connection]:
    """Yield a connection in one read-only transaction: all of it sees one moment.

    Raises OperatorError where the database is away or at another migration, and where
    a statement takes over `most_seconds`.
    """
    engine = build_engine(url, Limits(connections=1, statement_seconds=most_seconds))
    try:
        fault = find_fault(engine)
        if fault is not None:
            raise OperatorError(fault)
        frozen = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with _within(most_seconds), frozen.begin() as connection:
            connection.exec_driver_sql(
                f"SET LOCAL idle_in_transaction_session_timeout = '{MOST_IDLE}'"
            )
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _within(most_seconds: float) -> Iterator[None]:
    with outages():
        try:
            yield
        except exc.OperationalError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
            raise OperatorError(
                f"it took over {most_seconds:.0f} s and was given up: ask for less"
            ) from None
