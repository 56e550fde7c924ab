"""Connections to PostgreSQL: one way to open them, every wait bounded."""

import math
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout as WaitTimeout
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL

SEARCH_PATH = "public,procrastinate"
Result = TypeVar("Result")
CONNECT_SECONDS = 2  # the least that libpq takes
WAKE_SECONDS = 0.1
# The server's own timeout, if it still runs, comes first: it says more.
SPARE_SECONDS = 0.4
# After a failover no connection stays long with a server that became read-only.
RECYCLE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process holds, and how long a statement may run."""

    connections: int = 8
    statement_seconds: float = 2.0
    pool_seconds: float = 1.0


def parse_url(url: str) -> URL:
    """Return the URL for psycopg 3; `postgres://`, as Heroku writes it, is fine."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    return make_url(url).set(drivername="postgresql+psycopg")


def session_options(url: URL, limits: Limits) -> dict[str, str | int]:
    """Return libpq's parameters: search path, and a bound on every wait."""
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    milliseconds = int(limits.statement_seconds * 1000)
    return {
        "options": f"{options} -csearch_path={SEARCH_PATH} "
        f"-cstatement_timeout={milliseconds} "
        "-cidle_in_transaction_session_timeout=10s",
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": int(limits.statement_seconds * 1000) + 1000,
        "keepalives_idle": 10,
        "application_name": "whatsapp-bot",
    }


def build_engine(
    url: str, limits: Limits = Limits(), *, autocommit: bool = False
) -> Engine:
    """Return an engine whose pool is bounded and whose waits end.

    Every use is `begin()` or autocommit, so nothing needs a rollback on return. With
    `autocommit` each statement is a transaction, unless an execution option says else:
    what db.statements runs needs no switch then.
    """
    parsed = parse_url(url)
    engine = create_engine(
        parsed,
        connect_args=session_options(parsed, limits),
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.pool_seconds,
        pool_reset_on_return=None,
        pool_recycle=RECYCLE_SECONDS,
        hide_parameters=True,  # what people wrote is not for error messages
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
    )
    _bound_connections(engine, limits.statement_seconds + SPARE_SECONDS)
    return engine


class BoundedConnection(Connection[Any]):
    """A connection that gives a statement up when the server says nothing.

    The server's own statement_timeout needs a server that still runs, and TCP's
    timeouts one that is gone: neither helps when it is frozen.
    """

    answer_seconds = math.inf

    def wait(
        self,
        gen: PQGen[Result],
        interval: float = WAKE_SECONDS,
        timeout: float | None = None,
    ) -> Result:
        """Wait for the server; raise OperationalError and close after the bound."""
        seconds = self.answer_seconds if timeout is None else timeout
        try:
            return super().wait(gen, interval, None if seconds == math.inf else seconds)
        except WaitTimeout:
            if timeout is not None:
                raise
            self.close()
            raise OperationalError(f"no answer within {seconds:.1f} s") from None


def _bound_connections(engine: Engine, answer_seconds: float) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, args: Any, known: Any) -> Any:
        connection = BoundedConnection.connect(*args, **known)
        connection.answer_seconds = answer_seconds
        return connection


def conninfo(url: str, limits: Limits = Limits()) -> str:
    """Return the same connection as a string for libpq, password included."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  (libpq loads late)

    parsed = parse_url(url)
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    # SQLAlchemy leaves blanks in a password as they are, and libpq wants none.
    plain = plain.replace(" ", "%20")
    return make_conninfo(plain, **session_options(parsed, limits))
