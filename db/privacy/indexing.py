"""Indexing closed chats again, after a migration that indexes texts in another way.

The migration leaves them as they are, for they are many. Some are done in each
transaction, which remembers the last of them: so a run may be killed anywhere, and once
all are done, a run finds no place to go on from and that is all it costs.
"""

from collections.abc import Callable

from db.database import Connection, Database
from db.outages import COLLISIONS
from db.privacy.steps import LOCK_TIMEOUT, MOST_SECONDS

# Each holds its chats' rows for about half a second if all have accents.
WINDOW = 25
# The archive comes last: until then, retention moves chats into it as they are. Two
# runs at once are one.
PLACE = """
SELECT table_name, after_chat_id FROM chats_to_index
ORDER BY table_name = 'userchats_archive' LIMIT 1 FOR UPDATE NOWAIT
"""
# Not SKIP LOCKED: a chat that is being moved or changed is waited for, not left out.
INDEX = """
WITH looked AS MATERIALIZED (
  SELECT chat_id, NOT is_active AND is_foldable(messages::text) AS is_due FROM {table}
  WHERE chat_id > %(after)s ORDER BY chat_id LIMIT %(window)s
), done AS (
  UPDATE {table} AS chat SET {touched} FROM looked
  WHERE chat.chat_id = looked.chat_id AND looked.is_due AND NOT chat.is_active
  RETURNING 1
)
SELECT count(*) AS looked, max(chat_id) AS last, (SELECT count(*) FROM done) AS done
FROM looked
"""
# What calls the trigger that indexes a chat, and changes nothing.
TOUCHED = {"userchats": "is_active = false", "userchats_archive": "messages = messages"}
MOVE = """
UPDATE chats_to_index SET after_chat_id = %(last)s WHERE table_name = %(table)s
"""
END = "DELETE FROM chats_to_index WHERE table_name = %(table)s"


def index_again(
    database: Database, is_over: Callable[[], bool]
) -> tuple[int, bool] | None:
    """Return how many chats were indexed, and whether all are; None: nothing to do."""
    amount, began = 0, False
    while not is_over():
        try:
            with database.transaction(MOST_SECONDS) as connection:
                connection.count(LOCK_TIMEOUT)
                done = _index_some(connection)
        except COLLISIONS:
            return amount, False  # somebody works on these rows: the next run goes on
        if done is None:
            return (amount, True) if began else None
        amount, began = amount + done, True
    return (amount, False) if began else None


def _index_some(connection: Connection) -> int | None:
    """Index the next chats, and remember where they end; return how many they are."""
    place = connection.first(PLACE)
    if place is None:
        return None
    table, after = place
    statement = INDEX.format(table=table, touched=TOUCHED[table])
    looked, last, done = connection.rows(statement, {"after": after, "window": WINDOW})[
        0
    ]
    if looked < WINDOW:
        connection.count(END, {"table": table})
    else:
        connection.count(MOVE, {"table": table, "last": last})
    return int(done)
