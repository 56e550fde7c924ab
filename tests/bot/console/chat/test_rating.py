"""Operators judge answers of the bot's: once each, with words, in the audit."""

from uuid import uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Deed, InboundMessage
from tests.bot.console.chat.conftest import Desk
from tests.db.sql import rows
from tests.records import answer_to, said

KEPT = "SELECT rating, text, given_by, operator_id IS NULL FROM feedback ORDER BY id"
AUDIT = "SELECT details FROM audit_log WHERE action = 'rated'"


@pytest.fixture
def answered(pg: PostgresChatStore, first: InboundMessage, ana: object) -> str:
    chat_id = pg.record_inbound(said("Hello?")).chat_id
    assert chat_id
    reply = answer_to(first, text="At ten.")
    assert pg.record_reply(chat_id, reply)
    told = {"reference_id": reply.turn.reference_id, "rating": -1,
            "text": "<b>late</b>"}  # fmt: skip
    thumb = said("thumb")
    assert pg.record_inbound(thumb).chat_id
    judged = answer_to(thumb, parts=(), deeds=(Deed("judge", told),))
    assert pg.record_reply(chat_id, judged)
    return str(reply.turn.reference_id)


def test_an_answer_is_judged_once_by_each_and_shown(
    database: Database, desk: Desk, answered: str
) -> None:
    path = f"{desk.path}/rate/{answered}"
    page = desk.page()
    assert path in page
    assert "The customer: &lt;b&gt;late&lt;/b&gt;" in page
    for rating, text in (("bad", "x"), ("good", "well <said>\x00")):
        told = {"rating": rating, "text": text}
        assert desk.client.post(path, data=told).status_code == 303
    theirs = (-1, "<b>late</b>", "user", True)
    mine = (1, "well <said>\ufffd", "operator", False)
    assert rows(database, KEPT) == [theirs, mine]
    assert "well &lt;said&gt;" in desk.page()
    assert [row[0]["rating"] for row in rows(database, AUDIT)] == [-1, 1]


def test_what_is_no_judgement_or_of_no_answer_is_refused(
    database: Database, desk: Desk, answered: str
) -> None:
    path = f"{desk.path}/rate/"
    assert desk.client.post(path + answered, data={"rating": "5"}).status_code == 400
    unknown = desk.client.post(f"{path}{uuid4()}", data={"rating": "good"})
    assert unknown.status_code == 404
    assert len(rows(database, KEPT)) == 1
