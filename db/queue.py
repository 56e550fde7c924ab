"""The queue (procrastinate): its jobs' names and locks, and how they are deferred.

Jobs are deferred in SQL, inside the statement that writes what they work on: both are
stored, or neither is (`answer_chat` in db.ingest, `send_reply` in db.postgres). The
function's form is procrastinate's own; a test holds it.

One user's answers are made one at a time, and apart from them their sends: a reply that
waits for its next try holds back the user's later replies, not new answers.
"""

from procrastinate import App, PsycopgConnector
from psycopg.rows import dict_row
from sqlalchemy import text

from db.engine import Limits, conninfo

ANSWER_CHAT = "answer_chat"
SEND_REPLY = "send_reply"
RECONCILE = "reconcile"
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
