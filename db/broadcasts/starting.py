"""Starting a broadcast: it, and all whom it is for, are stored at once, or not."""

import secrets
from collections.abc import Sequence

from psycopg.errors import UniqueViolation

from db.broadcasts.nouns import Known, NewBroadcast
from db.broadcasts.people import (
    LOT,
    ROWS,
    THEIRS,
    in_lots,
    keep_opt_ins,
    write_rows,
)
from db.database import Connection
from db.errors import OperatorError
from db.queue.jobs import BROADCASTS, SEND_BROADCASTS

START = """
INSERT INTO broadcasts (broadcast_id, template_id, name, category, body)
VALUES (%(broadcast_id)s, %(template_id)s, %(name)s, %(category)s, %(body)s)
"""
KEEP_RECIPIENTS = f"""
INSERT INTO broadcast_recipients (broadcast_id, user_id, place, variables)
SELECT %(broadcast_id)s, users.user_id, place, variables {ROWS} {THEIRS}
ON CONFLICT DO NOTHING
"""
# As the worker's clock does once a minute: it begins at once.
QUEUE = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
VALUES ('{BROADCASTS}', '{SEND_BROADCASTS}', '{SEND_BROADCASTS}', '{SEND_BROADCASTS}',
        '{{}}')
ON CONFLICT DO NOTHING
"""  # noqa: S608  (our own words)


def start_broadcast(
    connection: Connection, new: NewBroadcast, people: Sequence[Known]
) -> str:
    """Store a broadcast to these people, and their opt-ins; return its id.

    In one open transaction: nothing is sent before that is committed. Raises
    OperatorError while another broadcast of the template is not over.
    """
    broadcast_id = secrets.token_hex(4)
    about = {
        "broadcast_id": broadcast_id,
        "template_id": new.template_id,
        "name": new.name,
        "category": new.category,
        "body": new.body,
    }
    try:
        connection.count(START, about)
    except UniqueViolation:
        raise OperatorError(
            "a broadcast of this template is not over: see `bot broadcast list`, and "
            "let it end, or cancel it"
        ) from None
    keep_opt_ins(connection, people)
    for number, lot in enumerate(in_lots(people)):
        rows = write_rows(lot, number * LOT)
        connection.count(KEEP_RECIPIENTS, {"broadcast_id": broadcast_id, "rows": rows})
    connection.count(QUEUE)
    return broadcast_id
