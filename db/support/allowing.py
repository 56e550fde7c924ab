"""Calls that an operator has to allow: decided, carried out, and told, each once.

Deciding defers the job that carries the call out and tells its user, in one
transaction. Who tells holds the user's row: a person who takes the chat over has done
so before, or what is told was stored before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.delivery.window import is_open
from db.outages import outages, repeat_once
from db.records import Call, PartContent, Turn, to_storable
from db.support.replies import find_last_inbound, store_parts
from db.tools.calls import (
    CALL_A_PERSON,
    COLUMNS,
    HOLD_USER,
    LONGEST_SUBJECT,
    TOO_OLD,
)

# Why a chat waits for a person who has to allow a call.
APPROVAL = "approval"
OPERATOR = "operator"
REFUSED = "an operator refused it"
MOST_LISTED = 200

FIND = f"SELECT {COLUMNS} FROM tool_calls WHERE call_id = %(call_id)s"  # noqa: S608
LIST = f"""
SELECT {COLUMNS} FROM tool_calls WHERE state = 'waiting' AND approved_by IS NULL
ORDER BY created_at, position LIMIT {MOST_LISTED}
"""  # noqa: S608  (our own column names)
LIST_OF_PERSON = """
SELECT call_id, tool, arguments, created_at FROM tool_calls
WHERE user_id = %(user_id)s AND state = 'waiting' AND approved_by IS NULL
ORDER BY created_at, position LIMIT 20
"""
FIND_BEGINNING = f"""
SELECT {COLUMNS} FROM tool_calls WHERE state = 'waiting' AND approved_by IS NULL
  AND starts_with(call_id::text, %(beginning)s) LIMIT 2
"""  # noqa: S608  (the same)
ALLOW = f"""
UPDATE tool_calls SET approved_by = %(by)s
WHERE call_id = %(call_id)s AND user_id = %(user_id)s AND state = 'waiting'
  AND approved_by IS NULL AND NOT {TOO_OLD}
RETURNING tool
"""  # noqa: S608  (the same)
REFUSE = """
UPDATE tool_calls SET state = 'refused', error = %(why)s,
  result = 'Not done: the team said no.', ended_at = now()
WHERE call_id = %(call_id)s AND user_id = %(user_id)s AND state = 'waiting'
  AND approved_by IS NULL
RETURNING tool
"""
NOTE = """
SELECT note_event(id, NULL, %(name)s, jsonb_build_object('call', %(call_id)s::uuid,
                                                         'tool', %(tool)s::text))
FROM support_tickets WHERE user_id = %(user_id)s AND status <> 'resolved'
"""
# Beside the user's answers none is carried out: see bot/worker/jobs.py.
DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
VALUES ('answers', 'carry_out_call', 'answer:' || %(user_id)s::uuid,
        jsonb_build_object('call_id', %(call_id)s::uuid))
"""
BEGIN = """
UPDATE tool_calls SET state = 'intent', started_at = now()
WHERE call_id = %(call_id)s AND state = 'waiting' AND approved_by IS NOT NULL
"""
FIND_USER = """
SELECT phone_number AS address, full_name AS name,
  COALESCE(preferences ->> 'language', language_seen) AS language
FROM users LEFT JOIN user_preferences USING (user_id) WHERE user_id = %(user_id)s
"""
STANDING = """
SELECT owner, owner_reason, is_active AND NOT EXISTS (
  SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS may_be_told
FROM users WHERE user_id = %(user_id)s
"""
IS_TOLD = """
SELECT EXISTS (SELECT FROM support_messages JOIN support_tickets AS ticket
    ON ticket.id = ticket_id
  WHERE ticket.user_id = %(user_id)s AND kind = 'event'
    AND body LIKE 'a call is %%' AND details ->> 'call' = %(call_id)s::text)
  OR EXISTS (SELECT FROM reply_parts WHERE reference_id = %(reference_id)s)
"""
APPEND = """
UPDATE userchats SET messages = messages || jsonb_build_array(%(turn)s::jsonb)
WHERE customer_id = %(user_id)s AND is_active RETURNING chat_id
"""
RESOLVE = """
SELECT resolve_ticket(id) FROM support_tickets
WHERE user_id = %(user_id)s AND status <> 'resolved'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """For whom a call was asked: where they write from, and how they are spoken to."""

    address: str | None
    name: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A call that somebody has to allow: what with which arguments, both untrusted."""

    call_id: UUID
    tool: str
    arguments: Mapping[str, Any]
    created_at: datetime


class Allowing:
    """What operators decide about calls, in PostgreSQL.

    `holds`: what is said outside the service window waits until they write. Raises
    StoreUnavailableError.
    """

    def __init__(self, database: Database, *, holds: bool = False) -> None:
        self._database, self._holds = database, holds

    def waiting(self) -> list[Call]:
        """Return the calls that wait for anybody, the oldest first: MOST_LISTED."""
        return repeat_once(lambda: self._database.read(Call, LIST))

    def beginning(self, beginning: str) -> list[Call]:
        """Return the calls that wait whose id begins so: two where that are more."""
        asked = {"beginning": beginning}
        return repeat_once(lambda: self._database.read(Call, FIND_BEGINNING, asked))

    def find(self, call_id: UUID) -> Call | None:
        """Return a call; None: there is none."""
        asked = {"call_id": call_id}
        found = repeat_once(lambda: self._database.read(Call, FIND, asked))
        return found[0] if found else None

    def decide(self, call: Call, *, allows: bool, by: str = OPERATOR) -> bool:
        """Allow or refuse a call that waits, and have it carried out and told.

        `by`: an operator's user_id, where it is known. False: it waits no more, or has
        waited for too long to be allowed.
        """
        with outages(), self._database.transaction() as connection:
            return decide(connection, call.call_id, call.user_id, allows=allows, by=by)

    def begin(self, call: Call) -> bool:
        """Write the intent of a call that was allowed; False: it stood already."""
        with outages():
            return self._database.count(BEGIN, _bind(call)) > 0

    def whom(self, user_id: UUID) -> Whom | None:
        """Return for whom a call is; None: they were erased."""
        asked = {"user_id": user_id}
        found = repeat_once(lambda: self._database.read(Whom, FIND_USER, asked))
        return found[0] if found else None

    def tell(self, call: Call, text: str, lasts: timedelta | None) -> bool:
        """Tell a call's user once what came of it; return whether that was now.

        A person who has the chat tells it themselves: the ticket names what happened.
        Who waits for nothing else is the bot's again, unless something is unclear, or
        they could not be told: then a person is called, who has so long.
        """
        event = f"a call is {call.state}"
        row = {**_bind(call), "name": event, "reference_id": _reference_of(call)}
        with outages(), self._database.transaction() as connection:
            connection.first(HOLD_USER, row)
            if connection.scalar(IS_TOLD, row):
                return False
            standing = connection.first(STANDING, row)
            if standing is None:
                return False
            connection.rows(NOTE, row)
            is_ours = standing.owner != "human" and standing.may_be_told
            is_untold = is_ours and not _say(connection, row, text, holds=self._holds)
            if call.state in {"failed", "unknown"} or is_untold:
                what = f"{call.state}, not told" if is_untold else call.state
                about = f"{what}: {call.tool}"[:LONGEST_SUBJECT]
                wanted = {**row, "lasts": lasts, "about": about}
                connection.first(CALL_A_PERSON, wanted)
            elif (standing.owner, standing.owner_reason) == ("queue", APPROVAL):
                connection.rows(RESOLVE, row)
            return True


def decide(
    connection: Connection, call_id: UUID, user_id: UUID, *, allows: bool, by: str
) -> bool:
    """Allow or refuse a call of that person's in a transaction: see Allowing.decide."""
    row = {"call_id": call_id, "user_id": user_id, "by": by, "why": REFUSED}
    connection.first(HOLD_USER, row)
    tool = connection.scalar(ALLOW if allows else REFUSE, row)
    if tool is None:
        return False
    name = "allowed a call" if allows else "refused a call"
    connection.rows(NOTE, {**row, "name": name, "tool": tool})
    connection.count(DEFER, row)
    return True


def list_waiting(connection: Connection, user_id: UUID) -> list[WaitingCall]:
    """Return the calls of a person's that wait for anybody, the oldest first."""
    return connection.read(WaitingCall, LIST_OF_PERSON, {"user_id": user_id})


def _say(
    connection: Connection, row: dict[str, Any], text: str, *, holds: bool
) -> bool:
    """Say something as the bot in the user's active chat; it settles nothing.

    `holds`: the outbox keeps it until they write. False: nothing could be said.
    """
    last = find_last_inbound(connection, row["user_id"])
    if not holds and not is_open(last, datetime.now(UTC)):
        return False
    turn = Turn(
        role="assistant",
        content=to_storable(text),
        timestamp=datetime.now(UTC),
        reference_id=str(row["reference_id"]),
    )
    chat_id = connection.scalar(APPEND, {**row, "turn": Jsonb(turn.to_json())})
    if chat_id is None:
        return False
    parts = [PartContent(text)]
    store_parts(connection, row["user_id"], row["reference_id"], chat_id, parts)
    return True


def _bind(call: Call) -> dict[str, Any]:
    return {"call_id": call.call_id, "user_id": call.user_id, "tool": call.tool}


def _reference_of(call: Call) -> UUID:
    return uuid5(NAMESPACE_OID, f"call:{call.call_id}")
