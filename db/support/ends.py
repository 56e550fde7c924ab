"""Takeovers end by themselves: with a warning before, and the customer told if need be.

Each person's end is a transaction of its own, which looks at the user's row again once
it has it: whoever wrote, took or gave in the meantime has moved the end. So a run may
be killed anywhere, repeated, or run twice at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.delivery.window import SERVICE_WINDOW
from db.outages import outages
from db.records import Owner, PartContent, Turn
from db.support.owners import change_owner
from db.support.replies import find_last_inbound, store_parts

LOT = 100
MOST_LOTS = 20
WARNED_SHARE = 10
WARNED_AT_MOST = timedelta(minutes=30)

WARN = """
WITH due AS (
  SELECT user_id FROM users
  WHERE owner = 'human' AND owner_warned_at IS NULL
    AND owner_until > now() AND owner_until <= now() + %(before)s
  ORDER BY owner_until LIMIT %(lot)s FOR NO KEY UPDATE SKIP LOCKED
), warned AS (
  UPDATE users SET owner_warned_at = now() FROM due
  WHERE users.user_id = due.user_id RETURNING users.user_id, owner_until
)
SELECT user_id, call_operators(user_id), note_event(
  (SELECT id FROM support_tickets AS ticket
   WHERE ticket.user_id = warned.user_id AND status <> 'resolved'),
  NULL, 'ends soon', jsonb_build_object('until', owner_until))
FROM warned
"""
WAKE = """
WITH due AS (
  SELECT id FROM support_tickets JOIN users USING (user_id)
  WHERE status = 'snoozed' AND snoozed_until <= now()
  ORDER BY snoozed_until LIMIT %(lot)s FOR KEY SHARE OF users SKIP LOCKED
), woken AS (
  UPDATE support_tickets AS ticket SET status = 'open', snoozed_until = NULL FROM due
  WHERE ticket.id = due.id AND status = 'snoozed' AND snoozed_until <= now()
  RETURNING ticket.id, ticket.user_id
)
SELECT id, call_operators(user_id), note_event(id, NULL, 'opened again') FROM woken
"""
FIND_OVER = """
SELECT user_id FROM users WHERE owner <> 'bot' AND owner_until <= now()
ORDER BY owner_until LIMIT %(lot)s
"""
# Not while somebody works on it: the next run looks again.
LOCK_OVER = """
SELECT owner FROM users
WHERE user_id = %(user_id)s AND owner <> 'bot' AND owner_until <= now()
FOR NO KEY UPDATE SKIP LOCKED
"""
NOTE_ENDED = """
SELECT note_event(id, NULL, 'ended', jsonb_build_object('was', %(was)s::text))
FROM support_tickets WHERE user_id = %(user_id)s AND status <> 'resolved'
"""
MAY_BE_TOLD = """
SELECT is_active AND NOT EXISTS (
  SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
FROM users WHERE user_id = %(user_id)s
"""
FIND_LANGUAGE = """
SELECT phone_number AS address,
  COALESCE(preferences ->> 'language', language_seen) AS language
FROM users LEFT JOIN user_preferences USING (user_id) WHERE user_id = %(user_id)s
"""
TELL = """
UPDATE userchats SET messages = messages || jsonb_build_array(%(turn)s::jsonb)
WHERE customer_id = %(user_id)s AND is_active RETURNING chat_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How takeovers end.

    `lasts` is how long one is a person's after their last word; then it goes to
    `ends`: the bot, or the queue, for as long again. `told` makes what the bot says to
    whom nobody came for, by their language (None: not known) and address; without it
    nothing is said.
    """

    lasts: timedelta = timedelta(hours=8)
    ends: Owner = "bot"
    told: Callable[[str | None, str], str] | None = None

    @property
    def warned_before(self) -> timedelta:
        """How long before the end the operators are warned."""
        return min(self.lasts / WARNED_SHARE, WARNED_AT_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many operators were warned of, how many chats given back, tickets opened."""

    warned: int = 0
    given_back: int = 0
    opened: int = 0


def end_takeovers(
    database: Database, ending: Ending, stopping: Callable[[], bool] = lambda: False
) -> Ended:
    """Do what is due, in lots; what is left over is for the next run.

    Raises StoreUnavailableError.
    """
    before = {"before": ending.warned_before}

    def in_lots(work: Callable[[], int]) -> int:
        done = 0
        for _ in range(MOST_LOTS):
            found = 0 if stopping() else work()
            done += found
            if found < LOT:
                break
        return done

    with outages():
        return Ended(
            warned=in_lots(lambda: len(database.rows(WARN, {"lot": LOT, **before}))),
            given_back=in_lots(lambda: _end_lot(database, ending)),
            opened=in_lots(lambda: len(database.rows(WAKE, {"lot": LOT}))),
        )


def _end_lot(database: Database, ending: Ending) -> int:
    found: list[UUID] = database.column(FIND_OVER, {"lot": LOT})
    return sum(_end(database, user_id, ending) for user_id in found)


def _end(database: Database, user_id: UUID, ending: Ending) -> bool:
    """End one takeover, if it still is to be."""
    known = {"user_id": user_id}
    with database.transaction() as connection:
        was: Owner | None = connection.scalar(LOCK_OVER, known)
        if was is None:
            return False
        to = ending.ends if was == "human" else "bot"
        connection.rows(NOTE_ENDED, {**known, "was": was})
        change_owner(
            connection, user_id, to,
            operator=None, why="ended", lasts=None if to == "bot" else ending.lasts,
        )  # fmt: skip
        if was == "queue" and ending.told and _may_be_told(connection, known):
            whom = connection.rows(FIND_LANGUAGE, known)[0]
            _tell(connection, user_id, ending.told(whom.language, whom.address))
        return True


def _may_be_told(connection: Connection, known: dict[str, Any]) -> bool:
    last = find_last_inbound(connection, known["user_id"])
    is_open = last is not None and datetime.now(UTC) - last < SERVICE_WINDOW
    return is_open and bool(connection.scalar(MAY_BE_TOLD, known))


def _tell(connection: Connection, user_id: UUID, text: str) -> None:
    """Say something as the bot in the user's active chat; it settles nothing."""
    reference_id = uuid4()
    turn = Turn(
        role="assistant",
        content=text,
        timestamp=datetime.now(UTC),
        reference_id=str(reference_id),
    )
    said = {"user_id": user_id, "turn": Jsonb(turn.to_json())}
    if chat_id := connection.scalar(TELL, said):
        store_parts(connection, user_id, reference_id, chat_id, [PartContent(text)])
