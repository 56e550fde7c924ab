"""What an answer stood on, or could not stand on, is stored with it: or none of it."""

import math
import threading
from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap
from tests.db.sql import (
    appears,
    change,
    holding,
    rows,
    take_in,
    value,
    values,
    waiting_backends,
)
from tests.records import ANA, BEN, answer_to, said, stood_on

QUESTION = "Do you deliver to Oakland?"
KEYS = "SELECT terms FROM knowledge_gaps ORDER BY id"


def ask(
    pg: PostgresChatStore, *terms: str, address: str = ANA, question: str = QUESTION
) -> str:
    """Ask what is not known; return the reference_id of the answer."""
    message = said(question, address)
    reply = answer_to(message, gap=Gap(question, terms))
    assert pg.record_reply(take_in(pg, message), reply)
    return str(reply.turn.reference_id)


def test_passages_are_kept_as_they_were_then(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("When do you open?")
    chat_id = take_in(pg, message)
    first = stood_on("Hours", page=7, sha256="aa", score=0.87654, chunk_id=3)
    second = stood_on("Te\0rms", is_cited=False, score=math.nan, document_id=2)
    reply = answer_to(message, stood_on=(first, second))
    assert pg.record_reply(chat_id, reply)
    query = """
        SELECT position, chat_id, chunk_id, document_id, title, page, sha256,
               score::float, is_cited, passage FROM answer_passages
        JOIN users USING (user_id) WHERE reference_id::text = %(id)s ORDER BY position
    """
    assert rows(database, query, id=reply.turn.reference_id) == [
        (1, chat_id, 3, 1, "Hours", 7, "aa", 0.8765, True, "Hours"),
        (2, chat_id, 1, 2, "Te\ufffdrms", None, None, None, False, None),
    ]
    assert value(database, "SELECT count(*) FROM knowledge_gaps") == 0


def test_a_reply_that_is_refused_leaves_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said(QUESTION)
    chat_id = take_in(pg, message)
    reply = answer_to(message, stood_on=(stood_on("Hours"),), gap=Gap(QUESTION, ("a",)))
    again = answer_to(message, stood_on=(stood_on("Hours"),), gap=Gap(QUESTION, ("b",)))
    assert pg.record_reply(chat_id, reply)
    assert not pg.record_reply(chat_id, reply)
    assert not pg.record_reply(chat_id, again)
    assert value(database, "SELECT count(*) FROM answer_passages") == 1
    assert value(database, "SELECT count(*) FROM gap_questions") == 1
    assert values(database, KEYS) == ["a"]


def test_like_questions_share_a_gap(database: Database, pg: PostgresChatStore) -> None:
    ask(pg, "oakland", "deliv")
    ask(pg, "deliv", "oakland", address=BEN)
    ask(pg, "sunday", "deliv", "oakland")
    ask(pg, "deliv", "berkeley")
    ask(pg, "deliv")
    assert values(database, KEYS) == ["deliv oakland", "berkeley deliv", "deliv"]
    people = "SELECT count(DISTINCT user_id) FROM gap_questions GROUP BY gap_id"
    assert sorted(values(database, people)) == [1, 1, 2]
    assert value(database, "SELECT count(*) FROM gap_questions") == 5


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        ((), "do know oakland? you"),
        (("b\0", "a c"), "a b\ufffd c"),
        (("x" * 900,), "x" * 60),
    ],
)
def test_a_gap_has_a_key_whatever_the_stems_are(
    database: Database, pg: PostgresChatStore, terms: tuple[str, ...], key: str
) -> None:
    ask(pg, *terms, question="Do you know Oakland?")
    assert values(database, KEYS) == [key]


def test_a_question_of_a_thousand_words_is_stored(
    database: Database, pg: PostgresChatStore
) -> None:
    ask(pg, *(f"\U00010400word{n}" for n in range(1000)))
    assert len(value(database, KEYS)) <= 500


def test_two_at_once_meet_in_one_gap(database: Database, pg: PostgresChatStore) -> None:
    ask(pg, "deliv")
    one = threading.Thread(target=ask, args=(pg, "park"), kwargs={"address": BEN})
    with holding(database, "INSERT INTO knowledge_gaps (terms) VALUES ('park')"):
        one.start()
        assert appears(lambda: waiting_backends(database))
    one.join()
    query = "SELECT terms FROM gap_questions JOIN knowledge_gaps ON id = gap_id"
    assert sorted(values(database, query)) == ["deliv", "park"]


def test_a_reply_of_either_kind_is_stored_alike(
    database: Database, pg: PostgresChatStore
) -> None:
    for sources in ((), (stood_on("Hours"),)):
        message = said("Hi", BEN)
        reply = answer_to(message, parts=("one", "two"), opts_out=True, error="late")
        assert pg.record_reply(take_in(pg, message), replace(reply, stood_on=sources))
        change(database, "DELETE FROM opt_outs")
    query = "SELECT body, status FROM reply_parts ORDER BY sequence"
    canceled = [("one", "canceled"), ("two", "canceled")]
    assert rows(database, query) == [*canceled, ("one", "pending"), ("two", "pending")]
