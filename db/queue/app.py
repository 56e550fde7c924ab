"""procrastinate's app for a worker."""

import logging
from collections.abc import Callable

from procrastinate import App, PsycopgConnector
from psycopg.rows import dict_row

from db.pool import Limits, conninfo
from db.queue.own_jobs import OwnJobs

# How long one call waits for a connection, and how long the pool tries for one by
# itself: both short, since a call that failed is made again, and that tries anew.
POOL_SECONDS = 2.0
RECONNECT_SECONDS = 1.0


def build_queue(
    url: str, connections: int = 8, looked: Callable[[], None] = lambda: None
) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it.

    `looked` is called whenever the worker has looked for a job, found or not.
    """
    # It tells of each try to connect; the worker says once that the database is away.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
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
