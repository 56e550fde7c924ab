"""Invitations: links by which operators set their password, once, within a day."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.database import Connection, Statements
from db.errors import OperatorError
from db.logins.accounts import (
    Account,
    change_role,
    load_account,
    set_password,
    to_email,
)
from db.logins.audit import Action, record_audit
from db.logins.passwords import Passwords
from db.logins.tokens import hash_token, new_token
from db.records.support import OPERATORS

HOURS = 24
LONGEST_NAME = 100
# Who logs in to a bot that was started by `make run`: nobody writes there.
NEWCOMER = "owner@localhost"

# Whoever said that an address is theirs proved nothing: who is invited by it has it.
TAKE_AWAY = """
UPDATE users SET email = NULL, email_is_given = false
WHERE email = %(email)s AND email_is_given
  AND phone_number IS DISTINCT FROM %(phone)s::text
RETURNING user_id
"""
MAKE_USER = """
INSERT INTO users (email, full_name) VALUES (%(email)s, %(name)s)
ON CONFLICT (email) DO UPDATE SET full_name = COALESCE(%(name)s, users.full_name)
RETURNING user_id, is_active
"""
FIND_BY_PHONE = """
SELECT user_id, CASE WHEN NOT email_is_given THEN email END AS email, is_active
FROM users WHERE phone_number = %(phone)s
FOR NO KEY UPDATE
"""
HAS_EMAIL = "SELECT user_id FROM users WHERE email = %(email)s"
GIVE_EMAIL = """
UPDATE users SET email = %(email)s, email_is_given = false,
  full_name = COALESCE(%(name)s, full_name)
WHERE user_id = %(user_id)s RETURNING user_id, is_active
"""
END_OLDER = "DELETE FROM invitations WHERE user_id = %(user_id)s"
STORE = """
INSERT INTO invitations (token_hash, user_id, role, logs_in, expires_at)
VALUES (%(token_hash)s, %(user_id)s, %(role)s, %(logs_in)s,
        now() + %(hours)s * interval '1 hour')
"""
HOLDS = "token_hash = %(token_hash)s AND used_at IS NULL AND expires_at > now()"
FIND = f"""
SELECT user_id, email, full_name AS name, invitations.role, logs_in
FROM invitations JOIN users USING (user_id) WHERE {HOLDS} AND is_active
"""  # noqa: S608
USE = f"""
UPDATE invitations SET used_at = now() WHERE {HOLDS} RETURNING user_id, role, logs_in
"""  # noqa: S608
GONE = (
    "This link was used, is older than a day, or a newer one replaced it: ask for "
    "another one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One that holds; `logs_in`: at once, without a password."""

    user_id: UUID
    email: str
    name: str | None
    role: str
    logs_in: bool


class NoInvitationError(OperatorError):
    """A link that does not hold, or not any more."""


def invite(  # noqa: PLR0913  (who, as what, and by whom)
    connection: Connection,
    email: str,
    role: str,
    *,
    hours: float = HOURS,
    phone: str | None = None,
    name: str | None = None,
    by: UUID | None = None,
    logs_in: bool = False,
) -> str:
    """Return the word for a link by which somebody becomes an operator.

    Who logs in by the e-mail address gets another password and role; who only claimed
    it loses it. `phone` is the WhatsApp address of somebody who writes to the bot, and
    is given it. What was sent before holds no more. Raises OperatorError.
    """
    if role not in OPERATORS:
        raise OperatorError(f"Invite as one of {', '.join(OPERATORS)}.")
    named = (name or "").strip()[:LONGEST_NAME] or None
    _take_away(connection, to_email(email), phone, by)
    user_id, is_active = _find_or_make(connection, to_email(email), phone, named)
    if not is_active:
        raise OperatorError("This person was deactivated: activate them first.")
    record_audit(
        connection, actor_id=by, action=Action.INVITED, subject_id=user_id,
        details={"role": role},
    )  # fmt: skip
    row = {"user_id": user_id, "role": role, "logs_in": logs_in, "hours": hours}
    return _store(connection, row)


def invite_newcomer(connection: Connection) -> str:
    """Return the word for the link that logs in at once, as `make run` prints it.

    The console takes it from loopback only, and once.
    """
    return invite(connection, NEWCOMER, "super_admin", name="Owner", logs_in=True)


def find_invitation(connection: Statements, token: str) -> Invitation | None:
    """Return what a link is for, and use nothing up; None: it does not hold."""
    known = {"token_hash": hash_token(token)}
    found = connection.read(Invitation, FIND, known)
    return found[0] if found else None


def accept_with_password(
    connection: Connection,
    passwords: Passwords,
    token: str,
    password: str,
    address: str | None,
) -> Account:
    """Use a link up: set the password and the role; return whose it is.

    Raises NoInvitationError, and WeakPasswordError: then the link holds still.
    """
    account = _accept(connection, token, address, logs_in=False)
    set_password(connection, passwords, account, password, address=address)
    return load_account(connection, account.user_id) or account


def accept_at_once(connection: Connection, token: str, address: str | None) -> Account:
    """Use up a link that logs in without a password. Raises NoInvitationError."""
    return _accept(connection, token, address, logs_in=True)


def _accept(
    connection: Connection, token: str, address: str | None, *, logs_in: bool
) -> Account:
    used = connection.first(USE, {"token_hash": hash_token(token)})
    account = load_account(connection, used.user_id) if used else None
    if used is None or used.logs_in is not logs_in or account is None:
        raise NoInvitationError(GONE)
    if not account.is_active:
        raise NoInvitationError(GONE)
    change_role(connection, account, used.role, account.user_id, address=address)
    return load_account(connection, used.user_id) or account


def _store(connection: Connection, row: dict[str, Any]) -> str:
    connection.count(END_OLDER, {"user_id": row["user_id"]})
    token = new_token()
    connection.count(STORE, {**row, "token_hash": hash_token(token)})
    return token


def _take_away(
    connection: Connection, email: str, phone: str | None, by: UUID | None
) -> None:
    """Take an address away from who merely said that it is theirs; the audit tells."""
    for claimed in connection.rows(TAKE_AWAY, {"email": email, "phone": phone}):
        record_audit(
            connection, actor_id=by, action=Action.EMAIL_TAKEN,
            subject_id=claimed.user_id,
        )  # fmt: skip


def _find_or_make(
    connection: Connection, email: str, phone: str | None, name: str | None
) -> tuple[UUID, bool]:
    """Return whom to invite, and whether they are active.

    Somebody who writes to the bot is given the e-mail address to log in by.
    """
    known = {"email": email, "name": name}
    found: tuple[UUID, bool]
    if phone is None:
        found = connection.first(MAKE_USER, known)
        return found
    person = connection.first(FIND_BY_PHONE, {"phone": phone})
    if person is None:
        raise OperatorError(
            "Nobody wrote to the bot from this number yet: let them write once, and "
            "invite them then."
        )
    if connection.scalar(HAS_EMAIL, known) not in {None, person.user_id}:
        raise OperatorError(
            "Somebody else has this e-mail address, without that number: erase that "
            "account, or invite by another address."
        )
    if person.email not in {None, known["email"]}:
        raise OperatorError(
            "This person logs in by another e-mail address: see `bot users operators`."
        )
    found = connection.first(GIVE_EMAIL, {**known, "user_id": person.user_id})
    return found
