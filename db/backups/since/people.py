"""Who has a person's chats, who is deactivated, and who may log in: as of now.

A restored backup says what was so when it was made. Were that to hold, the bot would
talk over whoever has taken a chat over since, and an operator who was shut out would be
let in again, perhaps by the password that was given up. So the database in use until
now is asked, and every log-in of the restored one is ended.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from db.database import Connection

BATCH = 500
# One at an older migration knows no operators; who had a chat stood in the chat.
IS_OLDER = """
SELECT NOT EXISTS (SELECT FROM pg_attribute
                   WHERE attrelid = 'users'::regclass AND attname = 'owner_version')
"""
# What somebody only told us is no log-in, here or there.
PERSON = """
  user_id, phone_number, full_name, users.is_active, CASE
    WHEN to_jsonb(users) -> 'email_is_given' = 'true' THEN NULL ELSE email END AS email
"""
OWNED = f"""
SELECT {PERSON}, owner, owner_since, owner_until, owner_warned_at, owner_id,
       owner_reason, owner_version
FROM users WHERE owner_version > 0 AND updated_at >= %(since)s ORDER BY user_id
"""  # noqa: S608  (our own words)
HANDED_OFF = f"""
SELECT {PERSON}, 'human' AS owner, now() AS owner_since,
       NULL::timestamptz AS owner_until, NULL::timestamptz AS owner_warned_at,
       NULL::uuid AS owner_id, 'metadata.handoff' AS owner_reason, 1 AS owner_version
FROM users JOIN userchats ON customer_id = user_id AND userchats.is_active
WHERE metadata -> 'handoff' = 'true'
"""  # noqa: S608  (the same)
OPTED_OUT = f"""
SELECT {PERSON}, opted_out_at FROM opt_outs JOIN users USING (user_id)
"""  # noqa: S608  (the same)
INACTIVE = """
SELECT user_id, phone_number FROM users WHERE NOT is_active ORDER BY user_id
"""
OPERATORS = f"""
SELECT {PERSON}, role, hashed_password, password_history, secret, confirmed_at,
       last_step
FROM users LEFT JOIN second_factors USING (user_id) WHERE role <> 'user'
"""  # noqa: S608  (the same)

KEEP_USER = """
INSERT INTO users (user_id, phone_number, email, full_name, is_active)
VALUES (%(user_id)s, %(phone_number)s, %(email)s, %(full_name)s, %(is_active)s)
ON CONFLICT DO NOTHING
"""
# The same person may have another user_id in a database that does not come from there.
KEEP_OWNER = """
SELECT change_owner(user_id, %(owner)s,
  (SELECT user_id FROM users WHERE user_id = %(owner_id)s), %(owner_reason)s, NULL)
FROM users WHERE phone_number = %(phone_number)s
  AND (owner, owner_version) IS DISTINCT FROM (%(owner)s, %(owner_version)s)
"""
KEEP_TIMES = """
UPDATE users SET owner_since = %(owner_since)s, owner_until = %(owner_until)s,
  owner_warned_at = %(owner_warned_at)s,
  owner_version = greatest(owner_version, %(owner_version)s)
WHERE phone_number = %(phone_number)s
"""
DEACTIVATE = """
UPDATE users SET is_active = false
WHERE is_active AND (user_id = ANY (%(ids)s) OR phone_number = ANY (%(numbers)s))
"""
END_LOGINS = "DELETE FROM login_sessions"
END_INVITATIONS = "DELETE FROM invitations"
SHUT_OUT = """
UPDATE users SET role = 'user', hashed_password = NULL, password_history = NULL
WHERE role <> 'user'
"""
FORGET_FACTORS = "DELETE FROM second_factors"
# An address that somebody only told us of is an operator's who logs in with it.
TAKE_EMAIL = """
UPDATE users SET email = NULL, email_is_given = false
WHERE email = %(email)s AND email_is_given AND user_id <> %(user_id)s
"""
LET_IN = """
UPDATE users SET role = %(role)s, is_active = %(is_active)s,
  hashed_password = %(hashed_password)s, password_history = %(password_history)s,
  email = CASE WHEN EXISTS (SELECT FROM users AS other
    WHERE other.email = %(email)s AND other.user_id <> users.user_id)
    THEN email ELSE %(email)s END, email_is_given = false
WHERE user_id = %(user_id)s
"""
KEEP_FACTOR = """
INSERT INTO second_factors (user_id, secret, confirmed_at, last_step)
SELECT user_id, %(secret)s, %(confirmed_at)s, %(last_step)s FROM users
WHERE user_id = %(user_id)s AND %(secret)s::text IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What the database in use knows; `operators` None: it is too old to know any."""

    operators: list[Any] | None
    owned: list[Any]
    opted_out: list[Any]
    inactive: list[Any]


def read_people(witness: Connection, since: datetime) -> People:
    """Return how it is now. Owners may have changed since then. Raises psycopg's."""
    is_older = witness.scalar(IS_OLDER)
    owned = HANDED_OFF if is_older else OWNED
    return People(
        operators=None if is_older else witness.rows(OPERATORS),
        owned=witness.rows(owned, {"since": since}),
        opted_out=witness.rows(OPTED_OUT),
        inactive=witness.rows(INACTIVE),
    )


def keep_people(told: Connection, people: People) -> None:
    """Bring a restored database's people to where they are now."""
    end_logins(told)
    if people.operators is not None:
        _keep_operators(told, people.operators)
    for row in people.owned:
        _keep_owner(told, row._asdict())
    for start in range(0, len(people.inactive), BATCH):
        ids, numbers = map(
            list, zip(*people.inactive[start : start + BATCH], strict=True)
        )
        told.count(DEACTIVATE, {"ids": ids, "numbers": numbers})


def end_logins(told: Connection) -> None:
    """Log everybody out: what was logged out since must not be in again."""
    for statement in (END_LOGINS, END_INVITATIONS):
        told.count(statement)


def _keep_owner(told: Connection, person: dict[str, Any]) -> None:
    if person["owner"] != "bot":
        told.count(KEEP_USER, person)
    if told.rows(KEEP_OWNER, person):
        told.count(KEEP_TIMES, person)


def _keep_operators(told: Connection, operators: list[Any]) -> None:
    told.count(SHUT_OUT)
    told.count(FORGET_FACTORS)
    for row in operators:
        history = row.password_history
        known = {
            **row._asdict(),
            "password_history": None if history is None else Jsonb(history),
        }
        for statement in (TAKE_EMAIL, KEEP_USER, LET_IN, KEEP_FACTOR):
            told.count(statement, known)
