"""Replies stored in parts, and what may be done with them."""

from datetime import timedelta
from uuid import UUID

from db.chats import PostgresChatStore
from db.outbox import PostgresOutbox
from db.records import Claim, DeliveryStatus, Part, PartContent
from tests.db.sql import take_in
from tests.records import ANA, answer_to, said


def replied(
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    *contents: str | PartContent,
    to: str = ANA,
) -> list[Part]:
    """Store a reply in these parts; return them."""
    message = said("a question", to)
    reply = answer_to(message, parts=contents)
    assert pg.record_reply(take_in(pg, message), reply)
    return list(outbox.find_parts(UUID(reply.turn.reference_id)))


def again(outbox: PostgresOutbox, part: Part) -> Part:
    """Return the part as it is now."""
    return outbox.find_parts(part.reference_id)[part.position]


def claim(outbox: PostgresOutbox, part: Part) -> Claim | None:
    """Claim what is next for the part's user."""
    return outbox.claim_next(part.user_id, timedelta(seconds=4), timedelta(days=1))


def told(sid: str, status: str, part: Part | None = None) -> DeliveryStatus:
    return DeliveryStatus(
        message_sid=sid, status=status, part_id=part.part_id if part else None
    )
