"""Correcting an answer: knowledge by one form, for those who may teach."""

from dataclasses import replace
from uuid import uuid4

import pytest

from bot.console.operators import Operator
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap, InboundMessage
from tests.bot.console.chat.conftest import Desk, Seat
from tests.db.sql import rows, values
from tests.records import answer_to, said

DOCUMENTS = """
SELECT description, chunk_text
FROM documents JOIN document_chunks ON document_id = documents.id
"""
AUDIT = """
SELECT action, details ->> 'corrects' FROM audit_log WHERE action <> 'read chat'
"""


@pytest.fixture
def answered(pg: PostgresChatStore, first: InboundMessage, ana: object) -> str:
    """The id of a wrong answer that met a gap."""
    chat_id = pg.record_inbound(said("Hello?")).chat_id
    assert chat_id
    reply = answer_to(first, text="At <ten>.", gap=Gap("When do you open?", ("open",)))
    assert pg.record_reply(chat_id, replace(reply))
    return str(reply.turn.reference_id)


def test_a_correction_is_knowledge_and_closes_the_gap(
    database: Database, seat: Seat, pete: Operator, answered: str
) -> None:
    admin = seat(pete)
    path = f"/correct/{answered}"
    assert path in admin.page()
    form = admin.client.get(admin.path + path).text
    assert "When do you open?</textarea>" in form
    assert "At &lt;ten&gt;.</textarea>" in form
    told = {"question": "When do you open?", "answer": "At nine."}
    assert admin.client.post(admin.path + path, data=told).status_code == 303
    once = [("When do you open?", "When do you open?\nAt nine.")]
    assert rows(database, DOCUMENTS) == once
    assert values(database, "SELECT answered_by IS NULL FROM knowledge_gaps") == [False]
    assert admin.client.post(admin.path + path, data=told).status_code == 303
    assert rows(database, DOCUMENTS) == once
    assert rows(database, AUDIT) == [("gap answered", answered)] * 2


def test_a_supporter_may_not_and_is_not_offered_it(desk: Desk, answered: str) -> None:
    assert "/correct/" not in desk.page()
    path = f"{desk.path}/correct/{answered}"
    assert desk.client.get(path).status_code == 403
    assert desk.client.post(path, data={}).status_code == 403


def test_an_empty_correction_is_refused_and_kept(
    database: Database, seat: Seat, pete: Operator, answered: str
) -> None:
    admin = seat(pete)
    path = f"{admin.path}/correct/{answered}"
    refused = admin.client.post(path, data={"question": "Open?", "answer": " "})
    assert refused.status_code == 409
    assert "Open?</textarea>" in refused.text
    refused = admin.client.post(path, data={"question": " ", "answer": "At nine."})
    assert "The question is empty" in refused.text
    assert rows(database, DOCUMENTS) == []
    assert admin.client.get(f"{admin.path}/correct/{uuid4()}").status_code == 404
