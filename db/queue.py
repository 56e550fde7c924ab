"""The queue (procrastinate): its jobs' names and locks, and how they are deferred.

Jobs are deferred in SQL, inside the statement or transaction that writes what they
work on: message and job are stored together, or neither is (`answer_chat` in
db.ingest). The function's form is procrastinate's own; a test holds it.
"""

from procrastinate import App, PsycopgConnector
from psycopg.rows import dict_row
from sqlalchemy import Connection, text

from db.engine import Limits, conninfo

ANSWER_CHAT = "answer_chat"
SEND_REPLY = "send_reply"
RECONCILE = "reconcile"
ANSWERS = "answers"
DELIVERIES = "deliveries"
UPKEEP = "upkeep"

# One user's answers are made one at a time, and apart from them their sends: a reply
# that waits for its next try holds back the user's later replies, not new answers.
DEFER_SEND = text("""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'deliveries', 'send_reply', 0, 'send:' || CAST(:user_id AS text), NULL,
    jsonb_build_object('reference_id', CAST(:reference_id AS text)), NULL
)::procrastinate_job_to_defer_v1])
""")
REACHABLE = text("SELECT 1 FROM procrastinate_jobs LIMIT 1")


def defer_send(connection: Connection, user_id: str, reference_id: str) -> None:
    """Queue a reply for sending, within the connection's transaction."""
    parameters = {"user_id": user_id, "reference_id": reference_id}
    connection.execute(DEFER_SEND, parameters)


def build_queue(url: str, connections: int = 8) -> App:
    """Return procrastinate's app for a worker; tasks are registered on it."""
    connector = PsycopgConnector(
        conninfo=conninfo(url, Limits(statement_seconds=30)),
        min_size=1,
        max_size=connections,
        kwargs={"row_factory": dict_row},
    )
    return App(connector=connector)
