"""The one place where what operators do with a chat is written down."""

from uuid import UUID

from flask import request

from bot.console.operators import operator
from db.database import Connection
from db.logins.audit import Action, record_audit


def audit(
    connection: Connection,
    action: Action,
    user_id: UUID,
    ticket_id: int | None = None,
    **details: str,
) -> None:
    """Write down that the operator who asks did that, in the transaction of it.

    `details` are ids and words of ours.
    """
    record_audit(
        connection,
        actor_id=operator().user_id,
        action=action,
        subject_id=user_id,
        ticket_id=ticket_id,
        address=request.remote_addr,
        details=details,
    )
