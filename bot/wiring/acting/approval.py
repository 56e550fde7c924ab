"""Calls that the user has to allow: asked for, and begun, around a talk's answers."""

# ruff: noqa: PLC0415

from dataclasses import replace
from typing import TYPE_CHECKING

from db.database import Database

if TYPE_CHECKING:
    from bot.chat.talk import Talk
    from bot.tools.acting import Acting


def with_approving(talk: "Talk", acting: "Acting | None", database: Database) -> "Talk":
    """Return the talk that asks before a tool acts which needs that; None: no tools."""
    if acting is None:
        return talk
    from bot.chat.acting.unanswered import Unanswered
    from bot.chat.approval.approving import Approving
    from db.tools.approvals import PostgresApprovals

    approvals = PostgresApprovals(database)
    approving = Approving(
        talk.answering, acting.box, acting.ledger, approvals, talk.handoff
    )
    unanswered = Unanswered(acting.box, acting.ledger, talk.handoff)
    return replace(talk, answering=approving, instead=unanswered.instead)
