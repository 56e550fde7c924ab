"""What was to be said later is said: each message once, or it is told why not.

Each is a transaction of its own, which holds the user's row and the message's: it is
marked as said, and its turn and parts are stored, or none of that. So a run may be
killed anywhere, repeated, or run twice at once. Who takes the chat over, or stops the
bot, has done so before, and is seen, or comes after what was said.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.delivery.window import is_open
from db.outages import COLLISIONS, outages
from db.records import (
    OUTSIDE_WINDOW,
    PartContent,
    ScheduledKind,
    ScheduledState,
    Turn,
    to_storable,
)
from db.support.replies import find_last_inbound, store_parts
from db.tools.calls import LONGEST_SUBJECT

LOT = 100
MOST_LOTS = 20
# What is later than this, after an outage, would only puzzle.
LATEST = timedelta(days=1)
STOPPED = "they wrote STOP, or are deactivated"
TOO_LATE = "it was due more than a day before anybody could say it"
WITH_A_PERSON = "a person has the chat, or is waited for"
WROTE = "they wrote since"
UNHEARD = "what was offered did not reach them"
SHUT = "they had written nothing for 24 hours, and nothing is held"

FIND_DUE = """
SELECT scheduled_id, user_id, say_at FROM scheduled_messages
WHERE state = 'waiting' AND say_at <= now()
  AND (say_at, scheduled_id) > (%(at)s, %(id)s)
ORDER BY say_at, scheduled_id LIMIT %(lot)s
"""
FIRST = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
# Who is worked on for longer, perhaps by a worker that stands still, holds up nobody
# else: the next run looks again.
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"
# Whoever waited for this sees by the next statement what was committed meanwhile.
HOLD_USER = "SELECT FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE"
READ = """
SELECT kind, text, say_at, heard_at, users.phone_number AS address,
  owner, users.is_active AND NOT EXISTS (
    SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS may_be_told,
  COALESCE(taken_at > scheduled.created_at, false) AS was_taken,
  EXISTS (
    SELECT FROM reply_parts AS part WHERE part.reference_id = scheduled.offer_id
      AND (is_unsettled(part.status) OR is_failed(part.status))) AS is_unheard,
  COALESCE(preferences ->> 'language', language_seen) AS language
FROM scheduled_messages AS scheduled JOIN users USING (user_id)
LEFT JOIN user_preferences USING (user_id)
WHERE scheduled_id = %(scheduled_id)s AND state = 'waiting' AND say_at <= now()
FOR UPDATE OF scheduled SKIP LOCKED
"""
END = """
UPDATE scheduled_messages SET state = %(state)s, why = %(why)s, ended_at = now(),
  reference_id = %(reference_id)s
WHERE scheduled_id = %(scheduled_id)s
"""
POSTPONE = """
UPDATE scheduled_messages SET say_at = %(later)s WHERE scheduled_id = %(scheduled_id)s
"""
# Where no chat is active one is opened, if no message does so at the same time.
APPEND = """
INSERT INTO userchats AS active (chat_id, customer_id, messages)
VALUES (%(chat_id)s, %(user_id)s, jsonb_build_array(%(turn)s::jsonb))
ON CONFLICT (customer_id) WHERE is_active
  DO UPDATE SET messages = active.messages || EXCLUDED.messages
RETURNING chat_id
"""
DUE = "A reminder that they asked for is due: {text}"
CALL_OPERATORS = f"""
WITH ticket AS (
  SELECT open_ticket(%(user_id)s, 'reminder', left(%(text)s, {LONGEST_SUBJECT})) AS id
), noted AS (
  INSERT INTO support_messages (ticket_id, user_id, kind, body)
  SELECT id, %(user_id)s, 'note', %(note)s FROM ticket
)
SELECT customer_wrote(%(user_id)s) FROM ticket
"""  # noqa: S608  (our own number)
# As for any message that fails because it came too late: see db/delivery/statements.py.
TELL = f"""
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT 'alerts', 'tell_trouble', lock,
       jsonb_build_object('content_sid', NULL, 'code', {OUTSIDE_WINDOW})
FROM (VALUES ('trouble:{OUTSIDE_WINDOW}')) AS trouble (lock)
WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs AS told
  WHERE told.task_name = 'tell_trouble' AND told.lock = trouble.lock)
"""  # noqa: S608  (our own number)


def _never(_at: datetime) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How it is said.

    `told` makes the words, of a kind, its text, and the user's language (None: not
    known) and address. `rests_until` tells when a follow-up may be said that is due in
    quiet hours; None: at once. `holds`: what comes outside the service window waits
    until they write.
    """

    told: Callable[[ScheduledKind, str, str | None, str | None], str]
    rests_until: Callable[[datetime], datetime | None] = _never
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a message, and why; `passes_on`: to the person of the chat."""

    state: ScheduledState
    why: str | None = None
    passes_on: bool = False


SAID = Ending("said")


def say_due(
    database: Database, saying: Saying, stopping: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Say what is due, in lots; what is left over is for the next run.

    Return how many became what. Raises StoreUnavailableError.
    """
    done: dict[str, int] = {}
    with outages():
        for scheduled_id, user_id in _find_due(database, stopping):
            state: ScheduledState | None = None
            with suppress(*COLLISIONS):
                state = _say(database, scheduled_id, user_id, saying)
            if state:
                done[state] = done.get(state, 0) + 1
    return done


def _find_due(
    database: Database, stopping: Callable[[], bool]
) -> Iterator[tuple[UUID, UUID]]:
    at, id_ = FIRST
    for _ in range(MOST_LOTS):
        found = database.rows(FIND_DUE, {"at": at, "id": id_, "lot": LOT})
        for row in found:
            if stopping():
                return
            yield row.scheduled_id, row.user_id
        if len(found) < LOT:
            return
        at, id_ = found[-1].say_at, found[-1].scheduled_id


def _say(
    database: Database, scheduled_id: UUID, user_id: UUID, saying: Saying
) -> ScheduledState | None:
    """Say one, if it is to be said still; None: it is not, or later."""
    known = {"scheduled_id": scheduled_id, "user_id": user_id}
    with database.transaction() as connection:
        connection.count(LOCK_TIMEOUT)
        connection.first(HOLD_USER, known)
        row = connection.first(READ, known)
        if row is None:
            return None
        last, now = find_last_inbound(connection, user_id), datetime.now(UTC)
        later = saying.rests_until(now) if row.kind == "follow_up" else None
        ending = _end_of(row, last, now, saying)
        if ending is SAID and later:
            connection.count(POSTPONE, {**known, "later": later})
            return None
        reference_id = _tell(connection, known, row, saying, ending)
        ended = {"state": ending.state, "why": ending.why}
        connection.count(END, {**known, **ended, "reference_id": reference_id})
        return ending.state


def _end_of(row: Any, last: datetime | None, now: datetime, saying: Saying) -> Ending:
    """Return what becomes of a message that is due, whose user wrote last then."""
    is_follow_up = row.kind == "follow_up"
    if not row.may_be_told:
        return Ending("canceled", STOPPED)
    if is_follow_up and (why := _needless(row, last)):
        return Ending("canceled", why)
    if now - row.say_at > LATEST:
        return Ending("dropped", TOO_LATE)
    if row.owner != "bot":
        return Ending("dropped", WITH_A_PERSON, passes_on=True)
    may_wait = saying.holds and not is_follow_up
    return SAID if may_wait or is_open(last, now) else Ending("dropped", SHUT)


def _needless(row: Any, last: datetime | None) -> str | None:
    """Return why nobody is to be asked about an offer; None: they are silent."""
    if last and (row.heard_at is None or last > row.heard_at):
        return WROTE
    if row.owner != "bot" or row.was_taken:
        return WITH_A_PERSON
    return UNHEARD if row.is_unheard else None


def _tell(
    connection: Connection, known: dict[str, Any], row: Any, saying: Saying, end: Ending
) -> UUID | None:
    """Do what an ending brings; return the reply that says it, where one does."""
    if end.passes_on:
        note = DUE.format(text=row.text)
        connection.first(CALL_OPERATORS, {**known, "text": row.text, "note": note})
    elif end.why == SHUT and row.kind == "reminder":
        connection.count(TELL)
    if end is not SAID:
        return None
    text = saying.told(row.kind, row.text, row.language, row.address)
    reference_id = uuid5(NAMESPACE_OID, f"scheduled:{known['scheduled_id']}")
    turn = Turn(
        role="assistant",
        content=to_storable(text),
        timestamp=datetime.now(UTC),
        reference_id=str(reference_id),
    )
    said = {"turn": Jsonb(turn.to_json()), "chat_id": secrets.token_hex(8)}
    chat_id: str = connection.scalar(APPEND, {**known, **said})
    parts = [PartContent(to_storable(text))]
    store_parts(connection, known["user_id"], reference_id, chat_id, parts)
    return reference_id
