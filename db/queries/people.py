"""Who wrote to the number: found, listed, shown, and set active or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, lateral, select, true

from db.database import Connection
from db.errors import OperatorError
from db.logins.sessions import end_sessions
from db.models import all_chats, opt_outs, users
from db.records import to_storable

NUMBER = re.compile(r"\+[0-9]+|[1-9][0-9]{6,14}")
WRITTEN_AROUND = re.compile(r"[\s().-]")

FIND = """
SELECT user_id, COALESCE(phone_number, 'mailto:' || email) AS address, full_name, email,
       is_active, role, created_at
FROM users WHERE user_id IN (
  SELECT user_id FROM user_addresses WHERE address = %(address)s
  UNION SELECT user_id FROM users
  WHERE 'mailto:' || lower(email) = %(address)s AND NOT email_is_given
  UNION SELECT %(user_id)s::uuid)
ORDER BY created_at, user_id
"""
TELL = """
SELECT
  ARRAY(SELECT address FROM user_aliases
        WHERE user_id = %(user_id)s ORDER BY address) AS other_addresses,
  (SELECT opted_out_at FROM opt_outs WHERE user_id = %(user_id)s) AS opted_out_at,
  count(*) FILTER (WHERE is_active) AS active_chats,
  count(*) FILTER (WHERE NOT is_active AND NOT archived) AS closed_chats,
  count(*) FILTER (WHERE archived) AS archived_chats,
  COALESCE(sum(messages), 0) AS messages,
  COALESCE(bool_or(unanswered), false) AS waits_for_an_answer,
  max(last_message_at) AS last_message_at,
  (SELECT COALESCE(jsonb_object_agg(status, parts ORDER BY status), '{}') FROM (
     SELECT status, count(*) AS parts FROM reply_parts
     WHERE user_id = %(user_id)s GROUP BY status) AS counted) AS parts,
  (SELECT COALESCE(jsonb_object_agg(name, set_to ORDER BY name), '{}') FROM (
     SELECT key AS name, value AS set_to FROM user_preferences
     CROSS JOIN LATERAL jsonb_each_text(preferences)
     WHERE user_id = %(user_id)s) AS chosen) AS preferences,
  (SELECT count(*) FROM documents WHERE user_id = %(user_id)s) AS documents,
  (SELECT count(*) FROM gap_questions WHERE user_id = %(user_id)s) AS gap_questions,
  (SELECT count(*) FROM support_tickets WHERE user_id = %(user_id)s) AS tickets
FROM chat_overview WHERE customer_id = %(user_id)s
"""
SET_ACTIVE = """
UPDATE users SET is_active = %(active)s
WHERE user_id = %(user_id)s AND is_active <> %(active)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as a command names one.

    `address` is the WhatsApp address verbatim; of who only logs in it is `mailto:…`.
    """

    user_id: UUID
    address: str
    full_name: str | None
    email: str | None
    is_active: bool
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list of users."""

    address: str
    full_name: str | None
    is_active: bool
    role: str
    opted_out: bool
    chats: int
    messages: int
    created_at: datetime
    last_message_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a person besides; `parts` counts messages to them by status.

    `preferences` are how they want to be answered, as far as they set it.

    `documents` are theirs alone; `gap_questions` had no answer in any document;
    `tickets` are cases of theirs that needed a person.
    """

    other_addresses: Sequence[str]
    opted_out_at: datetime | None
    active_chats: int
    closed_chats: int
    archived_chats: int
    messages: int
    waits_for_an_answer: bool
    last_message_at: datetime | None
    parts: dict[str, int]
    preferences: dict[str, str]
    documents: int
    gap_questions: int
    tickets: int


class NobodyError(OperatorError):
    """Nobody has the address."""


def to_address(given: str) -> str:
    """Return the address as Twilio writes it: `+1 555…` becomes `whatsapp:+1555…`.

    Digits alone are a number, too, as WhatsApp's own ids are written. An e-mail address
    becomes `mailto:…`, in small letters.
    """
    known = given.strip().removeprefix("whatsapp:")
    if "@" in known:
        return f"mailto:{known.removeprefix('mailto:').lower()}"
    bare = WRITTEN_AROUND.sub("", known)
    if NUMBER.fullmatch(bare):
        known = "+" + bare.removeprefix("+")
    return f"whatsapp:{known}"


def find_person(connection: Connection, given: str) -> Person:
    """Return the user with an address (any of theirs, or the e-mail's) or a user_id.

    Raises NobodyError, or OperatorError if there is more than one: a number that was
    handed on may stand with its former holder too.
    """
    known = {"address": to_storable(to_address(given)), "user_id": _read_id(given)}
    found = connection.read(Person, FIND, known)
    if not found:
        raise NobodyError(
            f"nobody has the address {_shown(given)}: see `bot users list`"
        )
    if len(found) > 1:
        ids = ", ".join(str(person.user_id) for person in found)
        raise OperatorError(
            f"{len(found)} users had the address {given} one after the other: say "
            f"which by the user_id ({ids}, the oldest first)"
        )
    return found[0]


def list_people(connection: Connection, most: int, *, inactive: bool) -> list[Listed]:
    """Return the `most` newest users; with `inactive` only deactivated ones."""
    return connection.read(Listed, _newest(most, inactive=inactive))


def _newest(most: int, *, inactive: bool) -> Select[Any]:
    """Return the statement: first the users, then what is told of them alone."""
    chosen = select(users).order_by(users.c.created_at.desc(), users.c.user_id)
    if inactive:
        chosen = chosen.where(~users.c.is_active)
    person = chosen.limit(most).subquery("person")
    told = lateral(
        select(
            func.count().label("chats"),
            func.coalesce(func.sum(func.jsonb_array_length(all_chats.c.messages)), 0)
            .label("messages"),
            func.max(all_chats.c.updated_at).label("last_message_at"),
        ).where(all_chats.c.customer_id == person.c.user_id)
    )  # fmt: skip
    return (
        select(
            func.coalesce(person.c.phone_number, "mailto:" + person.c.email).label(
                "address"
            ),
            *person.c["role", "full_name", "is_active", "created_at"],
            opt_outs.c.user_id.is_not(None).label("opted_out"),
            *told.c["chats", "messages", "last_message_at"],
        )
        .select_from(
            person.outerjoin(opt_outs, opt_outs.c.user_id == person.c.user_id).join(
                told, true()
            )
        )
        .order_by(person.c.created_at.desc(), person.c.user_id)
    )


def find_details(connection: Connection, person: Person) -> Details:
    """Return what is known of a person besides."""
    (found,) = connection.read(Details, TELL, {"user_id": person.user_id})
    return found


def set_active(connection: Connection, person: Person, *, active: bool) -> bool:
    """Let a person have answers or not; False if that was so before.

    An operator is logged out by it, and stays so when they are let in again.
    """
    if not active:
        end_sessions(connection, person.user_id)
    known = {"user_id": person.user_id, "active": active}
    return connection.count(SET_ACTIVE, known) > 0


def _shown(given: str) -> str:
    """Return what was looked for, where that is not what was written."""
    sought = to_address(given).removeprefix("whatsapp:").removeprefix("mailto:")
    is_as_written = given.startswith(("+", "whatsapp:")) or not sought.startswith("+")
    return given if is_as_written else f"{given} ({sought})"


def _read_id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
