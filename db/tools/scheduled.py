"""Reminders: asked for by a call of a tool, listed, canceled.

Who plans or cancels holds the user's row: a number is given once, and no person gets
more than MOST_REMINDERS. The call's key stands in the row: asked for again, it is
found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal
from uuid import UUID

from db.database import Connection, Database
from db.outages import outages, repeat_once
from db.records import MOST_REMINDERS, Scheduled, to_storable

MOST_LISTED = 200
COLUMNS = ", ".join(field.name for field in fields(Scheduled))
HOLD_USER = "SELECT FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE"
FIND = f"SELECT {COLUMNS} FROM scheduled_messages WHERE call_id = %(call_id)s"  # noqa: S608
COUNT = """
SELECT count(*) FROM scheduled_messages
WHERE user_id = %(user_id)s AND kind = 'reminder' AND state = 'waiting'
"""
MAY_BE_TOLD = """
SELECT is_active AND NOT EXISTS (
  SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
FROM users WHERE user_id = %(user_id)s
"""
PLAN = f"""
INSERT INTO scheduled_messages (scheduled_id, user_id, chat_id, kind, number, text,
                                say_at, call_id)
VALUES (%(call_id)s, %(user_id)s, %(chat_id)s, 'reminder', (
    SELECT COALESCE(max(number), 0) + 1 FROM scheduled_messages
    WHERE user_id = %(user_id)s),
  %(text)s, %(say_at)s, %(call_id)s)
RETURNING {COLUMNS}
"""  # noqa: S608  (our own column names)
OF_USER = f"""
SELECT {COLUMNS} FROM scheduled_messages
WHERE user_id = %(user_id)s AND kind = 'reminder' AND state = 'waiting'
ORDER BY say_at, number LIMIT {MOST_REMINDERS}
"""  # noqa: S608  (the same)
CANCEL = f"""
UPDATE scheduled_messages SET state = 'canceled', canceled_by = 'user',
  why = 'they did not want it any more', ended_at = now()
WHERE user_id = %(user_id)s AND number = %(number)s AND state = 'waiting'
RETURNING {COLUMNS}
"""  # noqa: S608  (the same)
OF_NUMBER = f"""
SELECT {COLUMNS} FROM scheduled_messages
WHERE user_id = %(user_id)s AND number = %(number)s
"""  # noqa: S608  (the same)


@dataclass(frozen=True, slots=True)
class Reminders:
    """What people are reminded of, in PostgreSQL. Raises StoreUnavailableError."""

    database: Database

    def find(self, call_id: UUID) -> Scheduled | None:
        """Return what a call planned; None: nothing yet."""
        asked = {"call_id": call_id}
        found = repeat_once(lambda: self.database.read(Scheduled, FIND, asked))
        return found[0] if found else None

    def plan(
        self, new: Scheduled, chat_id: str
    ) -> Scheduled | Literal["full", "stopped"]:
        """Plan a reminder, once for the call whose key its id is, and return it.

        `full`: MOST_REMINDERS wait; `stopped`: nothing is to be said to them.
        """
        row = {
            "user_id": new.user_id,
            "chat_id": chat_id,
            "text": to_storable(new.text),
            "say_at": new.say_at,
            "call_id": new.scheduled_id,
        }
        with outages(), self.database.transaction() as connection:
            connection.first(HOLD_USER, row)
            if known := connection.read(Scheduled, FIND, row):
                return known[0]
            if not connection.scalar(MAY_BE_TOLD, row):
                return "stopped"
            if connection.scalar(COUNT, row) >= MOST_REMINDERS:
                return "full"
            return connection.read(Scheduled, PLAN, row)[0]

    def waiting(self, user_id: UUID) -> Sequence[Scheduled]:
        """Return a user's reminders that wait, what is due next first."""
        asked = {"user_id": user_id}
        return repeat_once(lambda: self.database.read(Scheduled, OF_USER, asked))

    def cancel(self, user_id: UUID, number: int) -> Scheduled | None:
        """Cancel a user's reminder; return it as it is then. None: there is none."""
        asked = {"user_id": user_id, "number": number}
        with outages(), self.database.transaction() as connection:
            connection.first(HOLD_USER, asked)
            found = connection.read(Scheduled, CANCEL, asked)
            found = found or connection.read(Scheduled, OF_NUMBER, asked)
            return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One that waits, and whose it is, for those who run the bot."""

    scheduled_id: UUID
    address: str | None
    kind: str
    text: str
    say_at: datetime


LIST = f"""
SELECT scheduled_id, phone_number AS address, kind, text, say_at
FROM scheduled_messages JOIN users USING (user_id)
WHERE state = 'waiting' AND (%(user_id)s::uuid IS NULL OR user_id = %(user_id)s)
  AND starts_with(scheduled_id::text, %(beginning)s)
ORDER BY say_at, scheduled_id LIMIT {MOST_LISTED}
"""  # noqa: S608  (our own number)
CANCEL_BY_OPERATOR = """
UPDATE scheduled_messages SET state = 'canceled', canceled_by = 'operator',
  why = 'an operator canceled it', ended_at = now()
WHERE scheduled_id = %(scheduled_id)s AND state = 'waiting'
"""


def list_waiting(
    connection: Connection, user_id: UUID | None = None, beginning: str = ""
) -> list[Listed]:
    """Return what waits, what is due next first: MOST_LISTED, of one user or all."""
    asked = {"user_id": user_id, "beginning": beginning}
    return connection.read(Listed, LIST, asked)


def cancel_by_operator(connection: Connection, scheduled_id: UUID) -> bool:
    """Cancel one for an operator; False: it waits no more."""
    return connection.count(CANCEL_BY_OPERATOR, {"scheduled_id": scheduled_id}) > 0
