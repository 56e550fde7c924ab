"""The queue (procrastinate): its jobs' names and locks, and how they are deferred.

`answer_chat` is deferred in SQL, inside the statement that stores a message: both are
stored, or neither is (db.ingest). The function's form is procrastinate's own; a test
holds it. It makes the answer and sends it. What can't be sent at once it leaves to
`send_parts` (db.deliveries) before it ends.

One user's answers are made one at a time, and apart from them what is sent later: a
part that waits for its next try holds back the user's later parts, not new answers.
"""

from procrastinate import App, PsycopgConnector
from psycopg.rows import dict_row
from sqlalchemy import text

from db.engine import Limits, conninfo

ANSWER_CHAT = "answer_chat"
SEND_PARTS = "send_parts"
RECONCILE = "reconcile"
ANSWER_LOCK = "answer:"
ANSWERS = "answers"
DELIVERIES = "deliveries"
UPKEEP = "upkeep"

REACHABLE = text("SELECT 1 FROM procrastinate_jobs LIMIT 1")


def build_queue(url: str, connections: int = 8) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it."""
    connector = PsycopgConnector(
        conninfo=conninfo(url, Limits(statement_seconds=30)),
        min_size=1,
        max_size=connections,
        kwargs={"row_factory": dict_row},
    )
    return App(connector=connector)
