"""Calls of tools for the tests of their ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from db.chats import PostgresChatStore
from db.records import Call, CalledFor, CallState, InboundMessage
from tests.db.sql import take_in
from tests.records import said


@dataclass(frozen=True)
class Asked:
    """A user's message that is being answered, and its chat."""

    message: InboundMessage
    called_for: CalledFor


def asked(pg: PostgresChatStore, text: str = "A table, please") -> Asked:
    message = said(text)
    chat_id = take_in(pg, message)
    chat = pg.load_chat(chat_id)
    assert chat is not None
    sids = tuple(turn.message_sid or "" for turn in chat.unanswered())
    called_for = CalledFor(
        chat_id=chat_id, user_id=chat.user_id, message_sids=sids, turns=len(chat.turns)
    )
    return Asked(message, called_for)


def call_of(
    called_for: CalledFor,
    position: int = 0,
    state: CallState = "intent",
    tool: str = "book_table",
    arguments: Mapping[str, Any] | None = None,
) -> Call:
    return Call(
        call_id=uuid4(),
        user_id=called_for.user_id,
        chat_id=called_for.chat_id,
        message_sid=called_for.message_sid,
        position=position,
        tool=tool,
        arguments=arguments or {"people": 4},
        state=state,
    )
