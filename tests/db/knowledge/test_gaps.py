"""Gaps: listed as people met them, and knowledge as soon as they are answered."""

from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.knowledge.gaps import AnsweredGap, ListedGap, answer_gap, list_gaps
from db.privacy.erasure import erase_person
from db.records import Gap, NewAnswer, NewChunk
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

KEY = b"the key of the tests"
PARKING = "Can I park?"
DOCUMENTS = "SELECT title, description FROM documents ORDER BY id"


def ask(pg: PostgresChatStore, text: str, *terms: str, address: str = ANA) -> None:
    message = said(text, address)
    reply = answer_to(message, gap=Gap(text, terms))
    assert pg.record_reply(take_in(pg, message), reply)


def listed(database: Database, *, also_answered: bool = False) -> list[ListedGap]:
    with database.reading() as connection:
        return list_gaps(connection, 10, also_answered=also_answered)


def answer(database: Database, text: str, question: str | None = None) -> AnsweredGap:
    """Answer the gap that is met most often."""

    def compose(asked: str) -> NewAnswer:
        chunk = NewChunk(text=f"{asked}\n{text}", words=())
        return NewAnswer(title=asked, language="en", chunk=chunk)

    (gap, *_) = listed(database, also_answered=True)
    return answer_gap(database, gap.gap_id, question, compose)


def user(database: Database, address: str) -> UUID:
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=address)
    return found


def test_gaps_are_listed_by_how_often_they_were_met(
    database: Database, pg: PostgresChatStore
) -> None:
    ask(pg, "Do you bake vegan cakes?", "cake", "vegan")
    ask(pg, PARKING, "park")
    ask(pg, "Parking?", "park", address=BEN)
    first, second = listed(database)
    assert (first.question, first.times, first.people) == ("Parking?", 2, 2)
    assert (second.times, second.people, second.is_open) == (1, 1, True)
    assert first.first_asked_at < first.last_asked_at


def test_an_answer_is_a_document_at_once_and_the_demo_is_over(
    database: Database, pg: PostgresChatStore
) -> None:
    change(database, "INSERT INTO documents (title, file_type, is_demo) "
                     "VALUES ('Bakery', 'text', true)")  # fmt: skip
    ask(pg, PARKING, "park")
    done = answer(database, "Yes, behind the house.")
    query = """
        SELECT documents.id, file_type, is_processed, language, user_id, chunk_text,
               sha256 = encode(sha256(convert_to(chunk_text, 'UTF8')), 'hex') AS hashed,
               file_size = octet_length(chunk_text) AS measured
        FROM documents JOIN document_chunks ON document_id = documents.id
    """
    said_now = f"{PARKING}\nYes, behind the house."
    stored = (done.document_id, "answer", True, "en", None, said_now, True, True)
    assert rows(database, query) == [stored]
    assert values(database, DOCUMENTS) == [PARKING]
    assert listed(database) == []
    (gap,) = listed(database, also_answered=True)
    assert (gap.answered_by, gap.is_open) == (done.document_id, False)


def test_a_gap_opens_again_with_the_next_question_or_without_its_answer(
    database: Database, pg: PostgresChatStore
) -> None:
    ask(pg, PARKING, "park")
    first = answer(database, "Yes.")
    ask(pg, PARKING, "park")
    assert [gap.answered_by for gap in listed(database)] == [first.document_id]
    assert answer(database, "Yes, behind the house.") == first
    assert listed(database) == []
    texts = "SELECT chunk_text FROM document_chunks"
    assert values(database, texts) == [f"{PARKING}\nYes, behind the house."]
    change(database, "DELETE FROM documents")
    assert [gap.answered_by for gap in listed(database)] == [None]


def test_what_can_not_be_answered_changes_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    ask(pg, PARKING, "park")

    def refuse(_: str) -> NewAnswer:
        raise OperatorError("too long")

    (gap,) = listed(database)
    with pytest.raises(OperatorError, match="too long"):
        answer_gap(database, gap.gap_id, None, refuse)
    with pytest.raises(OperatorError, match="there is no gap 4711"):
        answer_gap(database, 4711, None, refuse)
    assert listed(database) == [gap]


def test_an_answer_under_her_own_words_goes_with_her(
    database: Database, pg: PostgresChatStore
) -> None:
    for text, terms, wording in (
        ("In her words", "hers", None),
        ("In words of her own", "anew", "How it is worded now"),
        ("In words of both", "both", None),
    ):
        ask(pg, text, terms, address=BEN)
        if terms == "both":
            ask(pg, text, terms)
        (gap, *_) = [gap for gap in listed(database) if gap.answered_by is None]
        chunk = NewChunk(text="Yes.", words=())
        made = NewAnswer(title=text, language=None, chunk=chunk)
        answer_gap(database, gap.gap_id, wording, lambda _, made=made: made)  # type: ignore[misc]
    assert erase_person(database, user(database, BEN), KEY) is not None
    assert rows(database, DOCUMENTS) == [
        ("In words of her own", "How it is worded now"),
        ("In words of both", "In words of both"),
    ]
    (left,) = listed(database, also_answered=True)
    assert (left.question, left.people) == ("In words of both", 1)


def test_her_words_leave_a_gap_that_others_met(
    database: Database, pg: PostgresChatStore
) -> None:
    ask(pg, "Is there parking?", "park")
    ask(pg, "Is there parking for Ben?", "ben", "park")
    ask(pg, "Parking for Ben Quux", "ben", "park", "quux", address=BEN)
    assert erase_person(database, user(database, BEN), KEY) is not None
    terms = values(database, "SELECT terms FROM knowledge_gaps ORDER BY id")
    assert terms == ["park", "ben park"]
    assert [gap.times for gap in listed(database)] == [1, 1]
