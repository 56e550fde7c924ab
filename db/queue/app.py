"""procrastinate's app for a worker."""

import logging
import math
import select
import time
from collections.abc import Callable
from typing import Any

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from db.pool import RECYCLE_SECONDS, BoundedAsyncConnection, Limits, conninfo
from db.queue.outage import REMINDER_SECONDS
from db.queue.own_jobs import OwnJobs
from db.queue.shares import Shares

# How long one call waits for a connection, and how long the pool tries for one by
# itself: both short, since a call that failed is made again, and that tries anew.
POOL_SECONDS = 2.0
RECONNECT_SECONDS = 1.0
# A server that says nothing is given up within this, and another host tried.
LIMITS = Limits(statement_seconds=10)
UNBOUND = Shares()


class _Reasons(logging.Filter):
    """Lets the pool say why it can't connect, and that now and then.

    It would say so at each try, and much besides.
    """

    _told = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if not record.msg.startswith("error connecting"):
            return record.levelno >= logging.ERROR
        if now - self._told < REMINDER_SECONDS:
            return False
        self._told = now
        return True


REASONS = _Reasons()


def build_queue(
    url: str,
    connections: int = 8,
    looked: Callable[[], None] = lambda: None,
    limits: Limits = LIMITS,
    shares: Shares = UNBOUND,
) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it.

    `looked` is called whenever the worker has looked for a job, found or not; `shares`
    are those of the queues in what it runs at once.
    """
    logging.getLogger("psycopg.pool").addFilter(REASONS)
    connector = PsycopgConnector(
        conninfo=conninfo(url, limits),
        connection_class=BoundedAsyncConnection.within(limits),
        min_size=1,
        max_size=connections,
        timeout=POOL_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        max_lifetime=RECYCLE_SECONDS,
        kwargs={"row_factory": dict_row},
        pool_factory=_build_pool,
        configure=_set_autocommit,
    )
    app = App(connector=connector)
    app.job_manager = OwnJobs(connector, looked, shares)
    return app


async def _set_autocommit(connection: AsyncConnection[Any]) -> None:
    """Have each statement be its own transaction: one round trip instead of three.

    In the connections' arguments it would be given twice to the one that listens.
    """
    await connection.set_autocommit(True)


def _build_pool(**known: Any) -> AsyncConnectionPool:
    """Return procrastinate's pool; it asks the server only about doubtful ones."""
    return AsyncConnectionPool(**known | {"check": _check_if_doubtful})


async def _check_if_doubtful(connection: AsyncConnection[Any]) -> None:
    """Raise OperationalError if a connection broke while it lay in the pool.

    A server that ends a connection says so, and then there is something to read, though
    nothing was asked. What is silent is taken as alive: if it is not, its statement
    fails, and is made again over another one (db.queue.own_jobs).
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        await AsyncConnectionPool.check_connection(connection)
