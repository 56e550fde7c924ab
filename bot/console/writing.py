"""What operators change: one transaction each, and the audit's row in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from flask import request

from bot.console.operators import operator
from bot.console.parts import console
from db.database import Connection, Statements
from db.logins.audit import Action, record_audit
from db.outages import outages

SECONDS = 30.0


@contextmanager
def writing(
    seconds: float = SECONDS, idle_seconds: float | None = None
) -> Iterator[Connection]:
    """Yield a transaction: all of it is committed, or nothing. Raises OperatorError."""
    database = console().database
    with (
        outages(),
        database.transaction(seconds, idle_seconds=idle_seconds) as connection,
    ):
        yield connection


def note(
    connection: Statements,
    action: Action,
    subject_id: UUID | None = None,
    details: Mapping[str, object] | None = None,
    ticket_id: int | None = None,
) -> None:
    """Write into the audit that the operator who asks did something.

    `details` are ids and words of ours: never what others wrote.
    """
    record_audit(
        connection,
        actor_id=operator().user_id,
        action=action,
        subject_id=subject_id,
        ticket_id=ticket_id,
        address=request.remote_addr,
        details=details,
    )
