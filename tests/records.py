"""Messages and replies for tests, each with an identity of its own."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from db.records import InboundMessage, PartContent, Passage, Reply, StoodOn, Turn

ANA = "whatsapp:+15551230001"
BEN = "whatsapp:+15551230002"
ANAS_ID = "whatsapp:US.1A2B3C4D5E"


def new_sid() -> str:
    """Return a MessageSid as Twilio makes them."""
    return "SM" + secrets.token_hex(16)


def said(text: str, address: str = ANA, **known: Any) -> InboundMessage:
    """Return a message that a user wrote just now; `known`: further fields of it."""
    sid = known.pop("message_sid", None) or new_sid()
    turn = Turn(role="user", content=text, timestamp=datetime.now(UTC), message_sid=sid)
    return InboundMessage(message_sid=sid, address=address, turn=turn, **known)


def answer_to(
    *messages: InboundMessage,
    text: str = "Yes.",
    parts: Sequence[str | PartContent] | None = None,
    **known: Any,
) -> Reply:
    """Return a reply that settles messages; in one part, if `parts` says nothing."""
    turn = reply_turn(text, in_reply_to=sids_of(messages))
    contents = as_parts(*((text,) if parts is None else parts))
    return Reply(turn=turn, parts=contents, **known)


def notice_about(*messages: InboundMessage) -> Reply:
    """Return a word about messages that settles none of them."""
    text = "The answer comes later."
    turn = reply_turn(text, notice_for=sids_of(messages))
    return Reply(turn=turn, parts=as_parts(text))


def as_parts(*contents: str | PartContent) -> tuple[PartContent, ...]:
    """Return what a reply is sent as; a text alone is the bot's own words."""
    return tuple(
        PartContent(content) if isinstance(content, str) else content
        for content in contents
    )


def reply_turn(text: str, **known: Any) -> Turn:
    """Return a turn of the bot's."""
    return Turn(
        role="assistant",
        content=text,
        timestamp=datetime.now(UTC),
        reference_id=str(uuid4()),
        **known,
    )


def sids_of(messages: tuple[InboundMessage, ...]) -> tuple[str, ...]:
    """Return the MessageSids of messages."""
    return tuple(message.message_sid for message in messages)


def stood_on(text: str, *, is_cited: bool = True, **known: Any) -> StoodOn:
    """Return a passage that an answer was made from, of a document of that title."""
    found = {"chunk_id": 1, "document_id": 1, "title": text, "heading": text, **known}
    return StoodOn(Passage(text=text, **found), is_cited)
