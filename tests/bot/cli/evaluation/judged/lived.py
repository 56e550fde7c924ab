"""What happens to answers: talked, judged, corrected, taken over."""

from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from bot.knowledge.answers import compose_answer
from db.chats import PostgresChatStore
from db.database import Database
from db.logins.audit import Action, record_audit
from db.records import Gap, Making
from db.support.corrections import correct_answer, find_answer
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


def correct(database: Database, told: Told, question: str, answer: str) -> int:
    """Have an operator say what should have been said; return the document."""
    with database.transaction() as connection:
        found = find_answer(connection, told.user_id, told.reference_id)
        assert found
        compose = partial(compose_answer, answer)
        document = correct_answer(connection, found, question, compose)
        record_audit(
            connection,
            actor_id=None,
            action=Action.DOCUMENT_ADDED,
            subject_id=told.user_id,
            details={"corrects": str(told.reference_id), "document": str(document)},
        )
    return document
