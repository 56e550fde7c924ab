"""Operators who are kept out for a while, and let in again."""

from uuid import UUID

from db.database import Connection
from db.logins.accounts import require_another_mightiest
from db.logins.sessions import end_sessions

SET_ACTIVE = """
UPDATE users SET is_active = %(active)s
WHERE user_id = %(user_id)s AND is_active <> %(active)s
"""


def set_account_active(connection: Connection, user_id: UUID, *, active: bool) -> bool:
    """Let an operator log in or not; tell whether that was otherwise before.

    Who is kept out is logged out, and stays so when they are let in again. Raises
    OperatorError where no super_admin would be left.
    """
    if not active:
        require_another_mightiest(connection, user_id)
        end_sessions(connection, user_id)
    known = {"user_id": user_id, "active": active}
    return connection.count(SET_ACTIVE, known) > 0
