"""One person's turn: what they want is asked, and the message stored, at once.

Everything stands in one transaction: whoever dies before its commit has done nothing,
and after it the message has its job, and the person had their turn. The broadcast's row
is held until then, so that of two workers only one gives a turn, and whoever pauses or
cancels it finds that nothing is stored afterwards.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from db.broadcasts.nouns import (
    BROADCAST,
    DEACTIVATED,
    HAS_PERSON,
    NO_ADDRESS,
    NO_OPT_IN,
    SKIPPED,
    STOPPED,
    STORED,
)
from db.database import Connection, Database
from db.delivery.statements import QUEUE_BROADCAST
from db.outages import outages
from db.records import PartContent, Template, Turn
from db.support.replies import LOCK, STORE_PARTS
from db.support.telling.troubles import APPEND

Fill = Callable[[str, Mapping[str, str]], str]
NOBODYS = UUID(int=0)
UNPAID = "unpaid"  # it would cost more than may be spent

HOLD = """
SELECT template_id, body FROM broadcasts
WHERE broadcast_id = %(broadcast_id)s AND state = 'going' FOR NO KEY UPDATE
"""
NEXT = """
SELECT user_id, variables FROM broadcast_recipients
WHERE broadcast_id = %(broadcast_id)s AND state = 'waiting' ORDER BY place LIMIT 1
"""
# Asked once the person's row is locked: what was committed meanwhile is seen.
READ = """
SELECT phone_number, is_active, owner,
  EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS opted_out,
  EXISTS (SELECT FROM opt_ins WHERE opt_ins.user_id = users.user_id) AS opted_in
FROM users WHERE user_id = %(user_id)s
"""
NOTE_TURN = """
UPDATE broadcast_recipients SET state = %(state)s, why = %(why)s, variables = NULL,
  reference_id = %(reference_id)s, turned_at = now()
WHERE broadcast_id = %(broadcast_id)s AND user_id = %(user_id)s AND state = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Turned:
    """What came of a turn: `stored` as a reply, `skipped`, or `unpaid`."""

    outcome: str
    reply: UUID = NOBODYS


def store_next(
    database: Database,
    broadcast_id: str,
    fill: Fill,
    pays: Callable[[str], bool],
) -> Turned | None:
    """Give the next person their turn; None: nobody waits, or it is not going any more.

    `fill` makes the text; `pays` tells whether a message to an address may cost what
    it does: if not, nothing is changed. Raises StoreUnavailableError.
    """
    known: dict[str, Any] = {"broadcast_id": broadcast_id}
    with outages(), database.transaction() as connection:
        broadcast = connection.first(HOLD, known)
        waiting = connection.first(NEXT, known) if broadcast else None
        if waiting is None:
            return None
        known["user_id"] = waiting.user_id
        connection.count(LOCK, known)
        person = connection.first(READ, known)
        if person is None:  # erased just now, and their row here with them
            return Turned(SKIPPED)
        if why := _why_not(person):
            _note(connection, known, SKIPPED, why=why)
            return Turned(SKIPPED)
        if not pays(person.phone_number):
            return Turned(UNPAID)
        template = Template(broadcast.template_id, waiting.variables or {})
        text = fill(broadcast.body, template.variables)
        return _store(connection, known, PartContent(text, (), template, BROADCAST))


def _why_not(person: Any) -> str | None:
    if person.opted_out:
        return STOPPED
    if not person.opted_in:
        return NO_OPT_IN
    if not person.is_active:
        return DEACTIVATED
    if person.phone_number is None:
        return NO_ADDRESS
    return HAS_PERSON if person.owner != "bot" else None


def _store(connection: Connection, known: dict[str, Any], part: PartContent) -> Turned:
    """Store the message, as a turn of the transcript that settles nothing."""
    reference_id = uuid4()
    turn = Turn(
        role="assistant",
        content=part.body,
        timestamp=datetime.now(UTC),
        reference_id=str(reference_id),
    )
    about: dict[str, Any] = {**known, "reference_id": reference_id}
    about |= {"turn": Jsonb(turn.to_json()), "chat_id": secrets.token_hex(8)}
    about["chat_id"] = connection.scalar(APPEND, about)
    connection.count(STORE_PARTS, {**about, "parts": Jsonb([part.to_json()])})
    _note(connection, known, STORED, reference_id=reference_id)
    connection.first(
        QUEUE_BROADCAST, {"user_id": str(known["user_id"]), "pause": "0 s"}
    )
    return Turned(STORED, reference_id)


def _note(
    connection: Connection,
    known: Mapping[str, Any],
    state: str,
    why: str | None = None,
    reference_id: UUID | None = None,
) -> None:
    turn = {**known, "state": state, "why": why, "reference_id": reference_id}
    connection.count(NOTE_TURN, turn)
