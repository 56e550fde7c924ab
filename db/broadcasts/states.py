"""What is going, and what stops it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from db.broadcasts.again import give_back
from db.broadcasts.nouns import Broadcast
from db.broadcasts.starting import QUEUE
from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import outages

COLUMNS = ", ".join(field.name for field in fields(Broadcast))
FIND = f"SELECT {COLUMNS} FROM broadcasts"  # noqa: S608  (our own words)
GOING = f"{FIND} WHERE state = 'going' ORDER BY created_at, broadcast_id"
ONE = f"{FIND} WHERE broadcast_id = %(broadcast_id)s"
UNTOLD = f"{FIND} WHERE state = 'paused' AND told_at IS NULL ORDER BY created_at"
PAUSE = """
UPDATE broadcasts SET state = 'paused', reason = %(reason)s, changed_at = now(),
  told_at = CASE WHEN %(by_hand)s THEN now() END
WHERE broadcast_id = %(broadcast_id)s AND state = 'going'
"""
RESUME = """
UPDATE broadcasts SET state = 'going', reason = NULL, changed_at = now(), told_at = NULL
WHERE broadcast_id = %(broadcast_id)s AND state = 'paused'
"""
CANCEL = """
UPDATE broadcasts SET state = 'canceled', reason = NULL, changed_at = now()
WHERE broadcast_id = %(broadcast_id)s AND state IN ('going', 'paused')
"""
# Nobody will use what is known of those whose turn does not come any more.
FORGET_VARIABLES = """
UPDATE broadcast_recipients SET variables = NULL
WHERE broadcast_id = %(broadcast_id)s AND variables IS NOT NULL
"""
FINISH = """
UPDATE broadcasts SET state = 'done', reason = NULL, changed_at = now()
WHERE broadcast_id = %(broadcast_id)s AND state = 'going' AND NOT EXISTS (
  SELECT FROM broadcast_recipients AS own
  WHERE own.broadcast_id = broadcasts.broadcast_id AND own.state = 'waiting')
"""
NOTE_TOLD = """
UPDATE broadcasts SET told_at = now()
WHERE broadcast_id = %(broadcast_id)s AND state = 'paused'
"""


def find_going(database: Database) -> Sequence[Broadcast]:
    """Return what is going, the oldest first. Raises StoreUnavailableError."""
    with outages():
        return database.read(Broadcast, GOING)


def find_untold(database: Database) -> Sequence[Broadcast]:
    """Return what is paused, and operators were not told of it. Raises as above."""
    with outages():
        return database.read(Broadcast, UNTOLD)


def note_told(database: Database, broadcast_id: str) -> None:
    """Note that operators were told of a pause. Raises as above."""
    with outages():
        database.count(NOTE_TOLD, {"broadcast_id": broadcast_id})


def pause(
    database: Database | Connection, broadcast_id: str, reason: str, *, by_hand: bool
) -> bool:
    """Stop giving turns until it is resumed; False: it was not going."""
    why = {"broadcast_id": broadcast_id, "reason": reason, "by_hand": by_hand}
    return database.count(PAUSE, why) > 0


def resume(connection: Connection, broadcast_id: str) -> bool:
    """Go on with what is paused, at once; False: it was not.

    Whom Twilio refused because the number could not send more waits for a turn again.
    """
    done = connection.count(RESUME, {"broadcast_id": broadcast_id}) > 0
    if done:
        give_back(connection, broadcast_id)
        connection.count(QUEUE)
    return done


def cancel(connection: Connection, broadcast_id: str) -> bool:
    """End what is going or paused; what was stored is sent all the same."""
    known = {"broadcast_id": broadcast_id}
    done = connection.count(CANCEL, known) > 0
    if done:
        connection.count(FORGET_VARIABLES, known)
    return done


def finish(database: Database, broadcast_id: str) -> bool:
    """End what nobody waits for any more; False: somebody does, or it is not going."""
    with outages():
        return database.count(FINISH, {"broadcast_id": broadcast_id}) > 0


def find_broadcast(connection: Any, broadcast_id: str) -> Broadcast:
    """Return one. Raises OperatorError where there is none of that id."""
    found = connection.read(Broadcast, ONE, {"broadcast_id": broadcast_id})
    if not found:
        raise OperatorError(
            "there is no broadcast of that id: see `bot broadcast list`"
        )
    return found[0]  # type: ignore[no-any-return]
