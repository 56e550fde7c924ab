"""procrastinate's app for a worker."""

import logging
import math
import time
from collections.abc import Callable

from procrastinate import App, PsycopgConnector
from psycopg.rows import dict_row

from db.pool import Limits, conninfo
from db.queue.outage import REMINDER_SECONDS
from db.queue.own_jobs import OwnJobs

# How long one call waits for a connection, and how long the pool tries for one by
# itself: both short, since a call that failed is made again, and that tries anew.
POOL_SECONDS = 2.0
RECONNECT_SECONDS = 1.0


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
    url: str, connections: int = 8, looked: Callable[[], None] = lambda: None
) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it.

    `looked` is called whenever the worker has looked for a job, found or not.
    """
    logging.getLogger("psycopg.pool").addFilter(REASONS)
    connector = PsycopgConnector(
        conninfo=conninfo(url, Limits(statement_seconds=30)),
        min_size=1,
        max_size=connections,
        timeout=POOL_SECONDS,
        reconnect_timeout=RECONNECT_SECONDS,
        kwargs={"row_factory": dict_row},
    )
    app = App(connector=connector)
    app.job_manager = OwnJobs(connector, looked)
    return app
