"""Who wrote to the number: found, listed, shown, and set active or not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from db.errors import OperatorError

WRITTEN_AROUND = re.compile(r"[\s().-]")

FIND = text("""
SELECT user_id, phone_number, full_name, email, is_active, created_at
FROM users WHERE user_id IN (
  SELECT user_id FROM users
  WHERE phone_number = :address OR user_id = CAST(:user_id AS uuid)
  UNION SELECT user_id FROM user_aliases WHERE address = :address)
ORDER BY created_at, user_id
""")
LIST = text("""
SELECT users.user_id, users.phone_number, users.full_name, users.is_active,
       users.created_at, opt_outs.user_id IS NOT NULL AS opted_out,
       told.chats, told.messages, told.last_message_at
FROM (
  SELECT * FROM users WHERE NOT :inactive OR NOT is_active
  ORDER BY created_at DESC, user_id LIMIT :most
) AS users
LEFT JOIN opt_outs USING (user_id)
CROSS JOIN LATERAL (
  SELECT count(*) AS chats, COALESCE(sum(jsonb_array_length(messages)), 0) AS messages,
         max(updated_at) AS last_message_at
  FROM all_chats WHERE customer_id = users.user_id
) AS told
ORDER BY users.created_at DESC, users.user_id
""")
TELL = text("""
SELECT
  (SELECT array_agg(address ORDER BY address) FROM user_aliases
   WHERE user_id = :user_id) AS other_addresses,
  (SELECT opted_out_at FROM opt_outs WHERE user_id = :user_id) AS opted_out_at,
  count(*) FILTER (WHERE is_active) AS active_chats,
  count(*) FILTER (WHERE NOT is_active AND NOT archived) AS closed_chats,
  count(*) FILTER (WHERE archived) AS archived_chats,
  COALESCE(sum(messages), 0) AS messages,
  COALESCE(bool_or(unanswered), false) AS waits_for_an_answer,
  max(last_message_at) AS last_message_at
FROM chat_overview WHERE customer_id = :user_id
""")
PARTS = text("""
SELECT status, count(*) AS parts FROM reply_parts WHERE user_id = :user_id
GROUP BY status ORDER BY status
""")
SET_ACTIVE = text("""
UPDATE users SET is_active = :active WHERE user_id = :user_id AND is_active <> :active
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as a command names one; `address` is the WhatsApp address verbatim."""

    user_id: UUID
    address: str
    full_name: str | None
    email: str | None
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list of users."""

    address: str
    full_name: str | None
    is_active: bool
    opted_out: bool
    chats: int
    messages: int
    created_at: datetime
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a person besides; `parts` counts messages to them by status."""

    other_addresses: Sequence[str]
    opted_out_at: datetime | None
    active_chats: int
    closed_chats: int
    archived_chats: int
    messages: int
    waits_for_an_answer: bool
    last_message_at: datetime | None
    parts: dict[str, int]


def to_address(given: str) -> str:
    """Return the address as Twilio writes it: `+1 555…` becomes `whatsapp:+1555…`."""
    known = given.strip().removeprefix("whatsapp:")
    if known.startswith("+"):
        known = WRITTEN_AROUND.sub("", known)
    return f"whatsapp:{known}"


def find_person(connection: Connection, given: str) -> Person:
    """Return the user with an address (any of theirs) or a user_id.

    Raises OperatorError if there is none, or more than one: a number that was handed on
    may stand with its former holder too.
    """
    known = {"address": to_address(given), "user_id": _read_id(given)}
    rows = connection.execute(FIND, known).all()
    if not rows:
        raise OperatorError(f"nobody has the address {given}: see `bot users list`")
    if len(rows) > 1:
        ids = ", ".join(str(row.user_id) for row in rows)
        raise OperatorError(
            f"{len(rows)} users had the address {given} one after the other: say which "
            f"by the user_id ({ids}, the oldest first)"
        )
    found = dict(rows[0]._mapping)
    return Person(address=found["phone_number"], **_without(found, "phone_number"))


def list_people(connection: Connection, most: int, *, inactive: bool) -> list[Listed]:
    """Return the `most` newest users; with `inactive` only deactivated ones."""
    known = {"most": most, "inactive": inactive}
    return [
        Listed(
            address=row.phone_number,
            **_without(dict(row._mapping), "user_id", "phone_number"),
        )
        for row in connection.execute(LIST, known)
    ]


def find_details(connection: Connection, person: Person) -> Details:
    """Return what is known of a person besides."""
    mine = {"user_id": person.user_id}
    row = connection.execute(TELL, mine).one()
    parts = {row.status: row.parts for row in connection.execute(PARTS, mine)}
    others = row.other_addresses or []
    return Details(
        other_addresses=others,
        parts=parts,
        **_without(dict(row._mapping), "other_addresses"),
    )


def set_active(connection: Connection, person: Person, *, active: bool) -> bool:
    """Let a person have answers or not; False if that was so before."""
    known = {"user_id": person.user_id, "active": active}
    return connection.execute(SET_ACTIVE, known).rowcount > 0


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _read_id(given: str) -> str | None:
    try:
        return str(UUID(given))
    except ValueError:
        return None
