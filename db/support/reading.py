"""What the page of a person's chat shows: who has it, and a piece of what was said.

Everything is bounded: a chat comes in pieces of MOST_TURNS, the newest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from db.database import Connection
from db.records import Owner, Turn

MOST_TURNS = 100
MOST_OPERATORS = 100
Row = TypeVar("Row")

PERSON = """
SELECT person.user_id, person.full_name AS name, person.phone_number AS address,
       person.role, person.is_active, person.created_at,
       EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = person.user_id) AS stopped,
       person.owner, person.owner_version AS version, person.owner_since AS since,
       person.owner_until AS until, person.owner_reason AS reason, person.owner_id,
       COALESCE(holder.full_name, holder.email) AS owner_name
FROM users AS person LEFT JOIN users AS holder ON holder.user_id = person.owner_id
WHERE person.user_id = %(user_id)s
"""
# The active one first. Of a person's chats, which are found by an index; past ones only
# where they may be seen.
FIND_CHAT = """
SELECT chat_id, is_active, archived, created_at, jsonb_array_length(messages) AS turns
FROM all_chats
WHERE customer_id = %(user_id)s AND (%(chat_id)s::text IS NULL OR chat_id = %(chat_id)s)
  AND (is_active OR %(past)s)
ORDER BY is_active DESC, created_at DESC, chat_id LIMIT 1
"""
NEIGHBOURS = """
SELECT (SELECT chat_id FROM all_chats
        WHERE customer_id = %(user_id)s AND created_at < %(created_at)s
        ORDER BY created_at DESC, chat_id LIMIT 1) AS earlier,
       (SELECT chat_id FROM all_chats
        WHERE customer_id = %(user_id)s AND created_at > %(created_at)s
        ORDER BY created_at, chat_id LIMIT 1) AS later
"""
TURNS = """
SELECT number - 1 AS position, message
FROM all_chats CROSS JOIN LATERAL
  jsonb_array_elements(messages) WITH ORDINALITY AS said (message, number)
WHERE chat_id = %(chat_id)s AND number <= %(before)s
ORDER BY number DESC LIMIT %(most)s
"""
# One text that changes with everything that the page keeps up to date.
STATE = """
SELECT md5(concat_ws(' ', users.owner_version, users.owner_until, users.full_name,
  opt_out.opted_out_at, chat.chat_id, jsonb_array_length(chat.messages),
  chat.updated_at, ticket.updated_at,
  (SELECT max(id) FROM support_messages WHERE ticket_id = ticket.id),
  (SELECT max(updated_at) FROM reply_parts
   WHERE reply_parts.user_id = users.user_id AND chat_id = chat.chat_id),
  (SELECT concat(count(*), max(read_at)) FROM media
   WHERE media.user_id = users.user_id),
  (SELECT string_agg(operator_id::text, ' ' ORDER BY operator_id) FROM support_sessions
   WHERE support_sessions.user_id = users.user_id AND operator_id <> %(operator_id)s
     AND seen_at > now() - %(present)s)))
FROM users LEFT JOIN userchats AS chat ON customer_id = users.user_id AND chat.is_active
LEFT JOIN opt_outs AS opt_out ON opt_out.user_id = users.user_id
LEFT JOIN support_tickets AS ticket
  ON ticket.user_id = users.user_id AND ticket.status <> 'resolved'
WHERE users.user_id = %(user_id)s
"""
OPERATORS = """
SELECT user_id, COALESCE(full_name, email, 'an operator') AS name FROM users
WHERE role <> 'user' AND is_active ORDER BY name, user_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person, and who has their chats, since and until when, why and which version.

    `stopped`: they wrote STOP. `owner_name` is that of the operator who has them.
    """

    user_id: UUID
    name: str | None
    address: str | None
    role: str
    is_active: bool
    created_at: datetime
    stopped: bool
    owner: Owner
    version: int
    since: datetime | None
    until: datetime | None
    reason: str | None
    owner_id: UUID | None
    owner_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChat:
    """A chat without what was said in it; `turns` counts that."""

    chat_id: str
    is_active: bool
    archived: bool
    created_at: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The chats before and after one, if the person has any."""

    earlier: str | None
    later: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A turn and its place in the chat's array, from 0."""

    position: int
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An operator who may be given a case."""

    user_id: UUID
    name: str


def find_customer(connection: Connection, user_id: UUID) -> Customer | None:
    """Return a person; None: there is none, or they were erased."""
    return _only(connection.read(Customer, PERSON, {"user_id": user_id}))


def find_chat(
    connection: Connection, user_id: UUID, chat_id: str | None, *, past: bool
) -> ShownChat | None:
    """Return one chat of a person's, or their active one, or else their newest.

    Closed and archived ones only if the `past` may be seen. None: there is none.
    """
    known = {"user_id": user_id, "chat_id": chat_id, "past": past}
    return _only(connection.read(ShownChat, FIND_CHAT, known))


def find_neighbours(
    connection: Connection, user_id: UUID, chat: ShownChat
) -> Neighbours:
    """Return which of the person's chats come before and after one."""
    known = {"user_id": user_id, "created_at": chat.created_at}
    (found,) = connection.read(Neighbours, NEIGHBOURS, known)
    return found


def read_placed(
    connection: Connection, chat: ShownChat, before: int | None
) -> list[Placed]:
    """Return the last MOST_TURNS of a chat, or of those before a position."""
    last = chat.turns if before is None else before
    known = {"chat_id": chat.chat_id, "before": last, "most": MOST_TURNS}
    newest = connection.rows(TURNS, known)
    return [
        Placed(row.position, Turn.from_json(row.message))
        for row in reversed(newest)
        if isinstance(row.message, dict)
    ]


def read_state(
    connection: Connection, user_id: UUID, known: dict[str, Any]
) -> str | None:
    """Return a text that changes with what the page shows; None: nobody is there.

    `known` says for which operator, and how long one counts as `present`.
    """
    found: str | None = connection.scalar(STATE, {"user_id": user_id, **known})
    return found


def list_colleagues(connection: Connection) -> list[Colleague]:
    """Return the operators by name, MOST_OPERATORS at most."""
    return connection.read(Colleague, OPERATORS, {"most": MOST_OPERATORS})


def _only(found: Sequence[Row]) -> Row | None:
    return found[0] if found else None
