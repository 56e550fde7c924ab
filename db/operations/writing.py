"""An engine for commands that change the data."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from db.engine import Limits, build_engine
from db.errors import OperatorError
from db.schema import find_fault
from db.statements import outages


@contextmanager
def writing(url: str, statement_seconds: float) -> Iterator[Engine]:
    """Yield an engine of one connection, and close it in the end.

    Raises OperatorError where the database is away or at another migration.
    """
    limits = Limits(connections=1, statement_seconds=statement_seconds)
    engine = build_engine(url, limits)
    try:
        fault = find_fault(engine)
        if fault is not None:
            raise OperatorError(fault)
        with outages():
            yield engine
    finally:
        engine.dispose()
