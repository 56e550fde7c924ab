"""What an answer of the bot's should have been: knowledge from then on."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from db.database import Connection
from db.errors import OperatorError
from db.knowledge.gaps import FILE_TYPE, close_gap, keep_answer
from db.records import NewAnswer, to_storable

# A reply in any chat of the person's, and the messages that it settled.
FIND = """
SELECT chat.chat_id, given.message ->> 'content' AS answer, (
    SELECT string_agg(said.message ->> 'content', chr(10) ORDER BY said.number)
    FROM jsonb_array_elements(chat.messages) WITH ORDINALITY AS said (message, number)
    WHERE said.message ->> 'role' = 'user'
      AND given.message -> 'in_reply_to' ? (said.message ->> 'message_sid')
  ) AS question,
  (SELECT gap_id FROM gap_questions
   WHERE reference_id::text = given.message ->> 'reference_id') AS gap_id,
  chat.is_active
FROM all_chats AS chat
CROSS JOIN LATERAL jsonb_array_elements(chat.messages) AS given (message)
WHERE chat.customer_id = %(user_id)s AND given.message ->> 'role' = 'assistant'
  AND given.message ->> 'reference_id' = %(reference_id)s
  AND NOT given.message ? 'author'
LIMIT 1
"""
# Whoever corrects once more says it better: there are no two answers to one question.
SAME_QUESTION = """
SELECT id FROM documents
WHERE file_type = %(file_type)s AND description = %(question)s AND user_id IS NULL
ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAnswer:
    """An answer of the bot's, what was asked, and the gap that it met, if any."""

    chat_id: str
    is_active: bool
    answer: str
    question: str | None
    gap_id: int | None


def find_answer(
    connection: Connection, user_id: UUID, reference_id: UUID
) -> BotAnswer | None:
    """Return an answer of the bot's to a person; None: it gave none of that id."""
    known = {"user_id": user_id, "reference_id": str(reference_id)}
    found = connection.read(BotAnswer, FIND, known)
    return found[0] if found else None


def correct_answer(
    connection: Connection,
    answer: BotAnswer,
    question: str,
    compose: Callable[[str], NewAnswer],
) -> int:
    """Make what `compose` makes of the question a document; return it.

    It closes the gap that the answer met, if it met one. Found from the commit on.
    Raises OperatorError.
    """
    words = to_storable(question).strip()
    if not words:
        raise OperatorError("The question is empty: say what was asked.")
    if answer.gap_id is not None:
        closed = close_gap(connection, answer.gap_id, words, compose)
        return closed.document_id
    known = {"question": words, "file_type": FILE_TYPE}
    before = connection.scalar(SAME_QUESTION, known)
    return keep_answer(connection, words, compose(words), before)
