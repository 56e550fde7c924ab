"""What the driver raises, in words; and which calls are worth a second try."""

import re
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
WRITTEN = "DATABASE_URL"  # the setting that the words below speak of
REFUSED_DATA = (exc.DataError, psycopg.DataError)
FAILURES = (exc.DBAPIError, exc.TimeoutError, psycopg.Error)
# Two transactions wanted the same rows: one of them may try again.
COLLISIONS = (errors.DeadlockDetected, errors.LockNotAvailable)


# What the server, or libpq on the way to it, says of a connection that is not made, and
# what to do about it. The first that fits counts. Nothing of the address is told again:
# some of those who read it, of /readyz for one, are strangers.
UNCONNECTED = {
    "password authentication failed|no password supplied|authentication failed": (
        "the server refuses the user or the password: check them in DATABASE_URL"
    ),
    'role ".*" does not exist|not permitted to log in': (
        "the server has no such user, or none that may log in: check DATABASE_URL, or "
        "let `bot db roles` make it"
    ),
    'database ".*" does not exist|no such database': (
        "the server has no database of that name: check DATABASE_URL, or create it"
    ),
    "not currently accepting connections": (
        "the database takes no connections now, as while it is restored"
    ),
    "permission denied for database": (
        "the user may not connect to this database: run `bot db roles` on it"
    ),
    "(?s)^(?!.*SSL (?:encryption|on)).*(?:no encryption|SSL off)": (
        "the server takes encrypted connections only: add ?sslmode=require to "
        "DATABASE_URL"
    ),
    "pg_hba.conf": (
        "the server's pg_hba.conf does not let this user in from here: mend it, or "
        "connect from where it does"
    ),
    "server does not support SSL": (
        "the server has no TLS, and sslmode in DATABASE_URL asks for it"
    ),
    "certificate|SSL|TLS|private key": (
        "TLS fails: check sslmode, sslrootcert and the host's name in DATABASE_URL "
        "(is the certificate this host's, and of an authority that sslrootcert knows?)"
    ),
    "too many c|connection slots|no more connections": (
        "all connections that the server allows are taken: stop what holds them, or "
        "raise max_connections"
    ),
    "unsupported startup parameter": (
        "a pooler stands in between and refuses our settings: connect directly (see "
        "docs/growth.md)"
    ),
    "session is read-only|server is in hot standby mode": (
        "no server that DATABASE_URL names takes writes: has the primary stopped, and "
        "is its standby not promoted yet?"
    ),
    "starting up|shutting down|in recovery|not yet accepting": (
        "the server is starting or stopping: wait"
    ),
    "refused|No such file": (
        "Connection refused: nothing listens there; is PostgreSQL started, and are "
        "host and port in DATABASE_URL right?"
    ),
    "could not translate|resolve|not known": (
        "the host's name is not known: check it in DATABASE_URL"
    ),
    "closed the connection|reset by peer": (
        "the server, or what stands before it, closed the connection: see its log"
    ),
    "[Nn]o route|unreachable": "there is no way to the host: check it and the network",
    "timeout|timed out|no answer within|couldn't get a connection": (
        "it does not answer in time: check host and port in DATABASE_URL, and that no "
        "firewall is in between"
    ),
}
CUT_OFF = (
    "the standby cut the query off, since the primary changed what it was reading: try "
    "again, ask for less, or set hot_standby_feedback = on there"
)
NOT_OURS = "its tables, or the queue's, are missing or others: see `bot db status`"
# https://www.postgresql.org/docs/16/errcodes-appendix.html
REFUSED = {
    "08": "the connection broke",
    "25006": "only reading is allowed: is it a standby, or a role that only looks?",
    "3F000": NOT_OURS,
    "42703": NOT_OURS,
    "42883": NOT_OURS,
    "42P01": NOT_OURS,
    "53100": "the server's disk is full",
    "53200": "the server has no memory left",
    "53300": UNCONNECTED["too many c|connection slots|no more connections"],
    "40001": CUT_OFF,
    "40P01": "it met another statement that held the same rows: try again",
    "55P03": "somebody else holds what it needs: try again",
    "57014": "it took too long and was given up",
    "57P": "the server ended the connection: it stops, or somebody ended it",
    "XX00": "PostgreSQL found its own files damaged: see its log",
}
NEXT_ROLES = {
    "console": "{0}_app may",
    "readonly": "{0}_app may, and {0}_owner what is about the database as a whole",
    "app": "{0}_owner may",
}
OWNER = "the owner of the tables may, which `bot db roles` calls bot_owner"


class LostConnectionError(psycopg.OperationalError):
    """The connection died under a statement."""


class RefusedError(errors.InsufficientPrivilege):
    """What this role may not do; `user` is its name."""

    def __init__(self, told: str, user: str) -> None:
        super().__init__(told)
        self.user = user


@contextmanager
def outages(setting: str = WRITTEN) -> Iterator[None]:
    """Turn what the driver raises into one error: away, read-only, not migrated.

    `setting` is what holds the database's address. DataError stays what it is: the same
    data would be refused again.
    """
    try:
        yield
    except REFUSED_DATA:
        raise
    except FAILURES as error:
        state = "is away" if is_away(error) else "can't do that"
        text = f"{name_of(setting)} {state}: {reason_of(error, setting)}"
        raise StoreUnavailableError(text) from error


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn the driver's errors into an OperatorError: what failed, and why.

    Where there are no words of ours only the first line is told: those below it may
    quote what people wrote.
    """
    try:
        yield
    except FAILURES as error:
        reason = _find_words(_cause_of(error)) or first_line(error)
        raise OperatorError(f"{doing} failed: {reason}") from None


def name_of(setting: str) -> str:
    """Return what to call the database whose address is in this setting."""
    return "the database" if setting == WRITTEN else f"the database of {setting}"


def reason_of(error: BaseException, setting: str = WRITTEN) -> str:
    """Say why the database did not do something, and what to do about it.

    Without names, values and secrets; of a role, what it is called.
    """
    cause = _cause_of(error)
    if words := _find_words(cause):
        return words.replace(WRITTEN, setting)
    code = getattr(cause, "sqlstate", None)
    said = f" (SQLSTATE {code})" if code else ""
    return f"for a reason that stands in PostgreSQL's log{said}"


def is_away(error: BaseException) -> bool:
    """Tell whether the database can't be reached, unlike one that refuses."""
    cause = _cause_of(error)
    return isinstance(cause, psycopg.OperationalError | exc.TimeoutError | OSError)


def who_may(user: str) -> str:
    """Say that a role may not do something, which one may, and how to be that one."""
    prefix, _, kind = user.rpartition("_")
    other = NEXT_ROLES.get(kind, OWNER).format(prefix)
    return f"{user} may not do this: {other}; give its address as DATABASE_URL"


def _cause_of(error: BaseException) -> BaseException:
    """Return what the driver said, under what SQLAlchemy and the queue made of it."""
    if isinstance(error, exc.DBAPIError):
        return error.orig or error
    inner = error.__cause__
    known = isinstance(error, psycopg.Error | exc.TimeoutError | OSError)
    return error if known or inner is None else _cause_of(inner)


def _find_words(cause: BaseException) -> str | None:
    if isinstance(cause, exc.TimeoutError):
        return "all connections of this process are in use, or none is made in time"
    said = str(cause)
    if isinstance(cause, LostConnectionError) and "no answer within" not in said:
        return "the connection broke"
    code = getattr(cause, "sqlstate", None) or ""
    if code == errors.InsufficientPrivilege.sqlstate:
        return who_may(getattr(cause, "user", "this role"))
    if code:
        return next((w for start, w in REFUSED.items() if code.startswith(start)), None)
    return next((w for form, w in UNCONNECTED.items() if re.search(form, said)), None)


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Say why the server gave a statement up: it took too long, or a standby did."""
    try:
        yield
    except psycopg.OperationalError as error:
        told = (error, error.__cause__)  # idle, it loses its connection as well
        if any(isinstance(each, errors.SerializationFailure) for each in told):
            raise OperatorError(CUT_OFF) from None
        if not isinstance(error, errors.QueryCanceled):
            raise
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
