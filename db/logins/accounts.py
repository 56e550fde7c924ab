"""Accounts: users who log in by an e-mail address, their passwords and roles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection, Statements
from db.errors import OperatorError
from db.logins.audit import Action, record_audit
from db.logins.password_rules import WeakPasswordError, require_strong
from db.logins.passwords import Passwords
from db.logins.sessions import end_sessions
from db.records.support import OPERATORS, ROLES

LONGEST_EMAIL = 254  # RFC 5321
EMAIL = re.compile(r"[^@\s\x00-\x20\x7f]+@[^@\s\x00-\x20\x7f]+")
KEPT_PASSWORDS = 5

# What somebody only told us of themselves is nobody's log-in.
COLUMNS = """
SELECT users.user_id, CASE WHEN NOT email_is_given THEN email END AS email,
       full_name AS name, role, is_active, hashed_password,
       confirmed_at IS NOT NULL AS has_factor
FROM users LEFT JOIN second_factors USING (user_id)
"""
BY_EMAIL = f"{COLUMNS} WHERE email = %(email)s AND NOT email_is_given"
BY_ID = f"{COLUMNS} WHERE users.user_id = %(user_id)s"
LOCK = """
SELECT COALESCE(password_history, '[]') AS history, hashed_password
FROM users WHERE user_id = %(user_id)s FOR NO KEY UPDATE
"""
STORE_HASH = """
UPDATE users SET hashed_password = %(new)s, password_history = %(history)s
WHERE user_id = %(user_id)s
"""
# Only if it is still the one that was checked: somebody may have set another one.
REHASH = """
UPDATE users SET hashed_password = %(new)s
WHERE user_id = %(user_id)s AND hashed_password = %(old)s
"""
HOLDS_STILL = """
SELECT hashed_password IS NOT DISTINCT FROM %(checked)s AND is_active AND role <> 'user'
FROM users WHERE user_id = %(user_id)s FOR SHARE
"""
LOCK_MIGHTIEST = """
SELECT user_id FROM users WHERE role = 'super_admin' AND is_active
ORDER BY user_id FOR NO KEY UPDATE
"""
SET_ROLE = """
UPDATE users SET role = %(role)s WHERE user_id = %(user_id)s AND role <> %(role)s
"""
# One that was sent before would give back what was taken.
END_LINKS = """
DELETE FROM invitations WHERE user_id = %(user_id)s AND used_at IS NULL
"""
LIST = """
SELECT users.user_id, email, full_name AS name, users.role, is_active, phone_number,
  invitations.role AS invited_as,
  hashed_password IS NOT NULL AS has_password,
  (SELECT confirmed_at IS NOT NULL FROM second_factors
   WHERE second_factors.user_id = users.user_id) IS TRUE AS has_factor,
  (SELECT max(seen_at) FROM login_sessions
   WHERE login_sessions.user_id = users.user_id) AS seen_at
FROM users LEFT JOIN invitations ON invitations.user_id = users.user_id
  AND used_at IS NULL AND expires_at > now()
WHERE users.role <> 'user' OR invitations.role IS NOT NULL
ORDER BY email, users.user_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who logs in, or might. `has_factor`: a code is asked as well."""

    user_id: UUID
    email: str
    name: str | None
    role: str
    is_active: bool
    hashed_password: str | None = field(repr=False)
    has_factor: bool

    @property
    def may_log_in(self) -> bool:
        """Whether they are an operator who was not deactivated."""
        return self.is_active and self.role in OPERATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOperator:
    """One line of the list of operators; `seen_at` is of those who are logged in.

    `invited_as` is the role that a link gives them which they have not used yet.
    """

    user_id: UUID
    email: str | None
    name: str | None
    role: str
    is_active: bool
    phone_number: str | None
    invited_as: str | None
    has_password: bool
    has_factor: bool
    seen_at: datetime | None


def to_email(given: str) -> str:
    """Return an e-mail address as it is stored. Raises OperatorError."""
    email = given.strip().lower()
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        raise OperatorError("This is no e-mail address: write it as name@example.com.")
    return email


def find_account(connection: Statements, email: str) -> Account | None:
    """Return whose e-mail address it is, however it is written."""
    try:
        stored = to_email(email)
    except OperatorError:
        return None
    found = connection.read(Account, BY_EMAIL, {"email": stored})
    return found[0] if found else None


def load_account(connection: Statements, user_id: UUID) -> Account | None:
    """Return a user's; None: there is no such user, or nobody's e-mail is known."""
    found = connection.read(Account, BY_ID, {"user_id": user_id})
    return found[0] if found and found[0].email else None


def require_account(connection: Statements, email: str) -> Account:
    """Return whose e-mail address it is. Raises OperatorError."""
    account = find_account(connection, email)
    if account is None:
        raise OperatorError(
            "Nobody has this e-mail address: see `bot users operators`."
        )
    return account


def set_password(
    connection: Connection,
    passwords: Passwords,
    account: Account,
    password: str,
    *,
    address: str | None = None,
) -> None:
    """Set a password, and end all sessions of the account, in one transaction.

    Raises WeakPasswordError, also for one of the last five; BusyError.
    """
    require_strong(password, (account.email, account.name))
    earlier = _lock_earlier(connection, account.user_id)
    if passwords.fits_any(password, earlier):
        raise WeakPasswordError(
            f"This was one of your last {KEPT_PASSWORDS} passwords: take another one."
        )
    new = passwords.hash(password)
    history = Jsonb([new, *earlier][:KEPT_PASSWORDS])
    row = {"user_id": account.user_id, "new": new, "history": history}
    connection.count(STORE_HASH, row)
    end_sessions(connection, account.user_id)
    record_audit(
        connection, actor_id=account.user_id, action=Action.PASSWORD_SET,
        subject_id=account.user_id, address=address,
    )  # fmt: skip


def _lock_earlier(connection: Connection, user_id: UUID) -> list[str]:
    """Return the last hashes; nobody sets another one until the transaction ends."""
    row = connection.first(LOCK, {"user_id": user_id})
    if row is None:
        raise OperatorError("This account was erased.")
    found = [each for each in (row.hashed_password, *row.history) if each]
    return list(dict.fromkeys(found))[:KEPT_PASSWORDS]


def outgrow_password(
    connection: Statements, passwords: Passwords, account: Account, password: str
) -> Account:
    """Hash a password that was right anew, where parameters grew since.

    Return the account as it is then.
    """
    old = account.hashed_password
    if old is None or not passwords.is_outgrown(old):
        return account
    new = passwords.hash(password)
    known = {"user_id": account.user_id, "old": old, "new": new}
    done = connection.count(REHASH, known)
    return replace(account, hashed_password=new) if done else account


def holds_still(connection: Connection, account: Account) -> bool:
    """Tell whether they may log in by what was checked; so it is until the commit.

    Between the check and the session somebody may have changed the password or the
    role, and ended all sessions that there were.
    """
    known = {"user_id": account.user_id, "checked": account.hashed_password}
    return bool(connection.scalar(HOLDS_STILL, known))


def change_role(
    connection: Connection,
    account: Account,
    role: str,
    by: UUID | None,
    *,
    address: str | None = None,
) -> bool:
    """Give an account another role and end its sessions; tell whether it changed.

    `by` is the operator who did it; None: a command. Raises OperatorError for a role
    that there is not, and where no super_admin would be left.
    """
    if role not in ROLES:
        raise OperatorError(f"There is no such role: it is one of {', '.join(ROLES)}.")
    if role != "super_admin":
        require_another_mightiest(connection, account.user_id)
    if not connection.count(SET_ROLE, {"user_id": account.user_id, "role": role}):
        return False
    end_sessions(connection, account.user_id)
    connection.count(END_LINKS, {"user_id": account.user_id})
    changed = {"from": account.role, "to": role}
    record_audit(
        connection, actor_id=by, action=Action.ROLE_CHANGED,
        subject_id=account.user_id, address=address, details=changed,
    )  # fmt: skip
    return True


def require_another_mightiest(connection: Connection, user_id: UUID) -> None:
    """Raise OperatorError if this user is the last super_admin.

    Their rows are held until the transaction ends: of two who go at once one stays.
    """
    if connection.column(LOCK_MIGHTIEST) == [user_id]:
        raise OperatorError(
            "This is the last super_admin: invite another one first, or nobody could "
            "look after operators."
        )


def list_operators(connection: Statements, most: int = 500) -> Sequence[ListedOperator]:
    """Return all who have a role or are invited, by their e-mail addresses."""
    known: dict[str, Any] = {"most": most}
    return connection.read(ListedOperator, LIST, known)
