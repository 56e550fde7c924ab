"""Conversations with an LLM's answers, for tests that read what is stored of them."""

from dataclasses import replace
from datetime import UTC, datetime

from db.chats import PostgresChatStore
from db.records import InboundMessage, Reply
from tests.db.sql import take_in
from tests.records import ANA, as_parts, reply_turn, said

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def written_by_llm(message: InboundMessage, seconds: float = 1.5) -> Reply:
    """Return an answer as the LLM makes them, at noon."""
    turn = reply_turn(
        "We open at nine.",
        in_reply_to=(message.message_sid,),
        model="a-model",
        tokens_used=20,
        response_time=seconds,
    )
    return Reply(turn=replace(turn, timestamp=NOON), parts=as_parts("We open at nine."))


def talk(pg: PostgresChatStore, address: str = ANA, seconds: float = 1.5) -> str:
    """Have a question answered; return the chat."""
    question = said("When do you open?", address, profile_name="Ana")
    chat_id = take_in(pg, question)
    assert pg.record_reply(chat_id, written_by_llm(question, seconds))
    return chat_id
