"""What the driver raises, in words; and which calls are worth a second try."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg import errors
from sqlalchemy import exc

from db.errors import OperatorError, StoreUnavailableError

Result = TypeVar("Result")
AT_ONCE_SECONDS = 0.9
REFUSED_DATA = (exc.DataError, psycopg.DataError)
FAILURES = (exc.DBAPIError, exc.TimeoutError, psycopg.Error)
# Two transactions wanted the same rows: one of them may try again.
COLLISIONS = (errors.DeadlockDetected, errors.LockNotAvailable)


class LostConnectionError(psycopg.OperationalError):
    """The connection died under a statement."""


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


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn the driver's errors into an OperatorError: what failed, and why.

    Only the first line is told: those below it may quote what people wrote.
    """
    try:
        yield
    except FAILURES as error:
        raise OperatorError(f"{doing} failed: {first_line(error)}") from None


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Say that a statement took too long, where the server gave it up."""
    try:
        yield
    except errors.QueryCanceled:
        raise OperatorError(
            f"it took over {seconds:.0f} s and was given up: ask for less"
        ) from None


def first_line(error: Exception) -> str:
    """Return an error's first line, which quotes nothing that people wrote."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0]


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
        except (LostConnectionError, errors.ForeignKeyViolation):
            # A user who is being erased vanished under the statement: now there is a
            # new one.
            if time.monotonic() - began > AT_ONCE_SECONDS:
                raise
            return call()
