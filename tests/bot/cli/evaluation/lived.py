"""What happens to answers: talked, judged, corrected, taken over."""

from dataclasses import dataclass, replace
from uuid import UUID

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap, Making
from tests.db.sql import change, load, take_in
from tests.records import ANA, answer_to, said


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the LLM's, to whom, and where."""

    user_id: UUID
    chat_id: str
    reference_id: UUID


def talk(
    pg: PostgresChatStore,
    question: str,
    answer: str,
    address: str = ANA,
    gap: Gap | None = None,
) -> Told:
    """Have somebody ask, and the LLM answer."""
    message = said(question, address, profile_name="Ana Silva")
    chat_id = take_in(pg, message)
    reply = answer_to(message, text=answer, gap=gap)
    making = Making(prompt="You help.", model="a-model")
    turn = replace(reply.turn, model="a-model")
    assert pg.record_reply(chat_id, replace(reply, turn=turn, making=making))
    return Told(load(pg, chat_id).user_id, chat_id, UUID(reply.turn.reference_id))


def judge_down(database: Database, told: Told) -> None:
    """Have the user put a thumb down at an answer."""
    change(
        database,
        "INSERT INTO feedback (user_id, reference_id, rating) "
        "VALUES (%(user_id)s, %(reference_id)s, -1)",
        user_id=told.user_id,
        reference_id=told.reference_id,
    )
