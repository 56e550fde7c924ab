"""What people asked and nothing told: listed, and answered by a person.

An answer is a document like any other, of one chunk, and is found like any other. So
the gap is open again once that document is removed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from db.database import Connection, Database
from db.errors import OperatorError
from db.knowledge.chunks import replace_chunks
from db.knowledge.documents import drop_demo
from db.outages import outages
from db.records import NewAnswer, to_storable

FILE_TYPE = "answer"
MOST_SECONDS = 30.0

LIST = """
SELECT gap_id, question, times, people, first_asked_at, last_asked_at, answered_by,
       answered_at, is_open
FROM gap_overview WHERE is_open OR %(also_answered)s
ORDER BY is_open DESC, times DESC, last_asked_at DESC, gap_id LIMIT %(most)s
"""
# Erasing a person locks the gaps that they asked about, too.
HOLD = "SELECT answered_by FROM knowledge_gaps WHERE id = %(gap_id)s FOR UPDATE"
ASKED_LAST = "SELECT question FROM gap_overview WHERE gap_id = %(gap_id)s"
# What closed it may be a document of another kind by now: that is left alone.
CHANGE = f"""
UPDATE documents SET title = %(title)s, description = %(question)s,
  sha256 = %(sha256)s, file_size = %(file_size)s
WHERE id = %(answered_by)s AND file_type = '{FILE_TYPE}' RETURNING id
"""  # noqa: S608  (our own word)
ADD = f"""
INSERT INTO documents (title, description, file_type, file_size, sha256, is_processed)
VALUES (%(title)s, %(question)s, '{FILE_TYPE}', %(file_size)s, %(sha256)s, true)
RETURNING id
"""  # noqa: S608  (the same)
CLOSE = "UPDATE knowledge_gaps SET answered_by = %(document_id)s WHERE id = %(gap_id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGap:
    """One group of like questions; `question` is the last of them.

    It `is_open` if no document answers it (`answered_by`), or if it was asked again
    since that was written (`answered_at`).
    """

    gap_id: int
    question: str
    times: int
    people: int
    first_asked_at: datetime
    last_asked_at: datetime
    answered_by: int | None
    answered_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredGap:
    """The document that closed a gap, and the question that it stands under."""

    document_id: int
    question: str


def list_gaps(
    connection: Connection, most: int, *, also_answered: bool = False
) -> list[ListedGap]:
    """Return the gaps that were met most often first, those that are open before."""
    known = {"most": most, "also_answered": also_answered}
    return connection.read(ListedGap, LIST, known)


def answer_gap(
    database: Database,
    gap_id: int,
    question: str | None,
    compose: Callable[[str], NewAnswer],
) -> AnsweredGap:
    """Make what `compose` makes of the question a document that closes the gap.

    Without a `question` it is the one that was asked last. Of a gap that was answered
    before, the answer is replaced. Found from the moment that this returns. Raises
    OperatorError where there is no such gap, or the database is away.
    """
    with outages(), database.transaction(MOST_SECONDS) as connection:
        return close_gap(connection, gap_id, question, compose)


def close_gap(
    connection: Connection,
    gap_id: int,
    question: str | None,
    compose: Callable[[str], NewAnswer],
) -> AnsweredGap:
    """Do what `answer_gap` does, in a transaction that is open."""
    gap = connection.first(HOLD, {"gap_id": gap_id})
    asked = connection.scalar(ASKED_LAST, {"gap_id": gap_id})
    if gap is None or asked is None:
        raise OperatorError(f"there is no gap {gap_id}: see `bot knowledge gaps --all`")
    stands_under = to_storable(question or asked)
    answer = compose(stands_under)
    document_id = _store(connection, gap.answered_by, stands_under, answer)
    connection.count(CLOSE, {"gap_id": gap_id, "document_id": document_id})
    return AnsweredGap(document_id=document_id, question=stands_under)


def _store(
    connection: Connection, answered_by: int | None, question: str, answer: NewAnswer
) -> int:
    content = to_storable(answer.chunk.text).encode()
    known = {
        "answered_by": answered_by,
        "title": to_storable(answer.title),
        "question": question,
        "sha256": sha256(content).hexdigest(),
        "file_size": len(content),
    }
    drop_demo(connection)
    changed = connection.scalar(CHANGE, known)
    document_id = int(changed or connection.scalar(ADD, known))
    replace_chunks(connection, document_id, answer.language, [answer.chunk])
    return document_id


def keep_answer(
    connection: Connection, question: str, answer: NewAnswer, instead_of: int | None
) -> int:
    """Make an answer a document, of no gap; return it. Found from the commit on.

    Where `instead_of` is an answer, too, that document says this from then on.
    """
    return _store(connection, instead_of, question, answer)
