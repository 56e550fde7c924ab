"""People as an operator looks them up: by name, number or e-mail, page by page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.database import Statements
from db.queue.jobs import ERASE_LOCK
from db.records import to_storable

LONGEST_SEARCH = 100
LEAST_DIGITS = 3
# First the people, then what is told of them alone.
SEARCH = """
WITH found AS (
  SELECT * FROM users
  WHERE (%(words)s = '' OR strpos(lower(full_name), lower(%(words)s)) > 0
         OR strpos(lower(email), lower(%(words)s)) > 0
         OR strpos(lower(phone_number), lower(%(words)s)) > 0
         OR %(digits)s <> '' AND EXISTS (
              SELECT FROM user_addresses AS known
              WHERE known.user_id = users.user_id
                AND strpos(address, %(digits)s) > 0))
    AND (NOT %(inactive)s OR NOT is_active)
  ORDER BY created_at DESC, user_id LIMIT %(most)s OFFSET %(skip)s
)
SELECT user_id, phone_number AS address, full_name, email, role, is_active, owner,
  EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = found.user_id) AS opted_out,
  (SELECT count(*) FROM all_chats WHERE customer_id = found.user_id) AS chats,
  (SELECT max(updated_at) FROM all_chats WHERE customer_id = found.user_id)
    AS last_message_at, created_at
FROM found ORDER BY created_at DESC, user_id
"""
STANDING = """
SELECT role, owner, owner_since FROM users WHERE user_id = %(user_id)s
"""
IS_GOING = """
SELECT EXISTS (SELECT FROM procrastinate_jobs
               WHERE status IN ('todo', 'doing') AND lock = %(lock)s)
"""
CHATS = """
SELECT chat_id, is_active, archived, jsonb_array_length(messages) AS messages,
  created_at AS first_message_at, updated_at AS last_message_at
FROM all_chats WHERE customer_id = %(user_id)s
ORDER BY updated_at DESC, chat_id LIMIT %(most)s
"""
TICKETS = """
SELECT id, subject, status, reason, opened_at, resolved_at FROM support_tickets
WHERE user_id = %(user_id)s ORDER BY id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person of the list; names are untrusted, and one of the ways to reach is."""

    user_id: UUID
    address: str | None
    full_name: str | None
    email: str | None
    role: str
    is_active: bool
    owner: str
    opted_out: bool
    chats: int
    last_message_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to us, and who has their chats."""

    role: str
    owner: str
    owner_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOf:
    """One of a person's chats."""

    chat_id: str
    is_active: bool
    archived: bool
    messages: int
    first_message_at: datetime
    last_message_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOf:
    """One of a person's tickets; `subject` may be their words."""

    id: int
    subject: str
    status: str
    reason: str | None
    opened_at: datetime
    resolved_at: datetime | None


def search_people(
    statements: Statements, words: str, *, inactive: bool, most: int, skip: int = 0
) -> list[Entry]:
    """Return people whose name, number or e-mail holds the words, the newest first.

    Numbers are found however they are written; by any of their addresses. `inactive`:
    only who was deactivated.
    """
    sought = to_storable(words.strip()[:LONGEST_SEARCH])
    digits = "".join(sign for sign in sought if sign in "0123456789")
    is_number = len(digits) >= LEAST_DIGITS and not set(sought) - set(
        "0123456789+-(). "
    )
    known = {"words": sought, "digits": digits if is_number else ""}
    bounds = {"inactive": inactive, "most": most, "skip": skip}
    return statements.read(Entry, SEARCH, {**known, **bounds})


def find_standing(statements: Statements, user_id: UUID) -> Standing | None:
    """Return what a person is; None: there is no such person."""
    found = statements.read(Standing, STANDING, {"user_id": user_id})
    return found[0] if found else None


def is_being_erased(statements: Statements, user_id: UUID) -> bool:
    """Tell whether somebody asked to erase a person, and a worker has not done it."""
    return bool(statements.scalar(IS_GOING, {"lock": f"{ERASE_LOCK}{user_id}"}))


def list_chats_of(statements: Statements, user_id: UUID, most: int) -> list[ChatOf]:
    """Return a person's chats, the last one first."""
    return statements.read(ChatOf, CHATS, {"user_id": user_id, "most": most})


def list_tickets_of(statements: Statements, user_id: UUID, most: int) -> list[TicketOf]:
    """Return a person's tickets, the last one first."""
    return statements.read(TicketOf, TICKETS, {"user_id": user_id, "most": most})
