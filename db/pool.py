"""Connections to PostgreSQL: one way to open and keep them, every wait bounded."""

import math
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from psycopg import AsyncConnection, Connection, Notify, OperationalError
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.errors import _WaitTimeout as WaitTimeout
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError

from db.address import for_driver, is_pooled, parse_url, plain

SEARCH_PATH = "public,procrastinate"
Result = TypeVar("Result")
CONNECT_SECONDS = 2  # the least that libpq takes
WAKE_SECONDS = 0.1
# The server's own timeout, if it still runs, comes first: it says more.
SPARE_SECONDS = 0.4
PREPARE_AFTER = 5  # as psycopg does
# https://www.postgresql.org/docs/16/runtime-config-query.html#GUC-PLAN-CACHE-MODE
PLANNED_ONCE = " -cplan_cache_mode=force_generic_plan"
# After a failover no connection stays long with a server that became read-only.
RECYCLE_SECONDS = 300
# However long a statement may take, a host that is gone is noticed within this.
MOST_UNACKNOWLEDGED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process holds, and how long a statement may run.

    `plans_once` is for what goes by keys alone: its plan is the same whatever is asked.
    Else each connection plans each statement ten times before it believes that.
    """

    connections: int = 8
    statement_seconds: float = 2.0
    pool_seconds: float = 1.0
    plans_once: bool = False


def session_options(url: URL, limits: Limits) -> dict[str, str | int]:
    """Return libpq's parameters: search path, and a bound on every wait.

    A pooler refuses what is of a session: there the role has to have it.
    """
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    milliseconds = int(limits.statement_seconds * 1000)
    most_unacknowledged = MOST_UNACKNOWLEDGED_SECONDS * 1000
    of_session = {
        "options": f"{options} -csearch_path={SEARCH_PATH} "
        f"-cstatement_timeout={milliseconds} "
        "-cidle_in_transaction_session_timeout=10s"
        f"{PLANNED_ONCE if limits.plans_once else ''}",
    }
    return {
        **({} if is_pooled(url) else of_session),
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": min(milliseconds + 1000, most_unacknowledged),
        "keepalives_idle": 10,
        "application_name": "whatsapp-bot",
    }


def prepare_after(url: "str | URL", limits: Limits = Limits()) -> int | None:
    """Return how often a statement runs before it is prepared; None for never.

    Behind a pooler the next transaction may be on a server that does not know it.
    """
    if is_pooled(url):
        return None
    return 0 if limits.plans_once else PREPARE_AFTER


def conninfo(url: str, limits: Limits = Limits()) -> str:
    """Return the same connection as a string for libpq, password included."""
    return make_conninfo(plain(url), **session_options(parse_url(url), limits))


def opening_of(seconds: float | None, idle: float | None, snapshot: bool) -> str:
    """Return what begins a transaction with its bounds, where those are other ones."""
    words = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if snapshot else "BEGIN"]
    bounds = {
        "statement_timeout": seconds,
        "idle_in_transaction_session_timeout": idle,
    }
    for name, bound in bounds.items():
        if bound is not None:
            words.append(f"SET LOCAL {name} = {int(1000 * bound)}")
    return "; ".join(words)


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

    @contextmanager
    def waiting(self, seconds: float | None) -> Iterator[None]:
        """Have the client, too, wait so long for each statement; None: as ever."""
        before = self.answer_seconds
        if seconds is not None:
            self.answer_seconds = seconds + SPARE_SECONDS
        try:
            yield
        finally:
            self.answer_seconds = before


class BoundedAsyncConnection(AsyncConnection[Any]):
    """The same for the queue; only who listens for what may come waits without end."""

    answer_seconds: float | None = None
    _listens = False

    @classmethod
    def within(cls, limits: Limits) -> type[Self]:
        """Return the class whose connections wait as long as the limits say."""
        seconds = limits.statement_seconds + SPARE_SECONDS
        return type(cls.__name__, (cls,), {"answer_seconds": seconds})

    async def notifies(
        self, *, timeout: float | None = None, stop_after: int | None = None
    ) -> AsyncGenerator[Notify]:
        """Yield what is heard."""
        self._listens = True
        try:
            heard = super().notifies(timeout=timeout, stop_after=stop_after)
            async for notification in heard:
                yield notification
        finally:
            self._listens = False

    async def wait(
        self,
        gen: PQGen[Result],
        interval: float = WAKE_SECONDS,
        timeout: float | None = None,
    ) -> Result:
        """Wait for the server; raise OperationalError and close after the bound."""
        if timeout is not None or self._listens:
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.answer_seconds)
        except WaitTimeout:
            await self.close()
            told = f"no answer within {self.answer_seconds:.1f} s"
            raise OperationalError(told) from None


@dataclass(slots=True)
class Losses:
    """When a connection to a server last died: known to all pools that go there."""

    last_at: float = -math.inf


class Pool:
    """SQLAlchemy's engine, for its pool: in autocommit, bounded, and all waits end.

    Pools of one server share their `losses`: else each of them would find out by
    itself that it went silent, and wait for that as long as a statement may take.
    """

    def __init__(self, url: str, limits: Limits, losses: Losses | None = None) -> None:
        self.losses = losses or Losses()
        self._prepare_after = prepare_after(url, limits)
        self._answer_seconds = limits.statement_seconds + SPARE_SECONDS
        self.engine: Engine = create_engine(
            for_driver(url),
            connect_args=session_options(parse_url(url), limits),
            isolation_level="AUTOCOMMIT",
            pool_size=limits.connections,
            max_overflow=0,
            pool_timeout=limits.pool_seconds,
            pool_reset_on_return=None,  # whoever begins a transaction ends it
            pool_recycle=RECYCLE_SECONDS,
            hide_parameters=True,  # what people wrote is not for error messages
        )
        event.listen(self.engine, "do_connect", self._connect)
        event.listen(self.engine, "connect", self._note_birth)
        event.listen(self.engine, "checkout", self._refuse_older)

    def distrust(self) -> None:
        """Use no connection again that is there now: one of them had died."""
        self.losses.last_at = time.monotonic()

    def _connect(
        self, _dialect: object, _record: object, args: Any, known: Any
    ) -> BoundedConnection:
        connection = BoundedConnection.connect(*args, **known)
        connection.answer_seconds = self._answer_seconds
        connection.prepare_threshold = self._prepare_after
        return connection

    def _note_birth(self, _driver: object, record: Any) -> None:
        record.info["born_at"] = time.monotonic()

    def _refuse_older(self, _driver: object, record: Any, _pooled: object) -> None:
        if record.info["born_at"] <= self.losses.last_at:
            raise DisconnectionError
