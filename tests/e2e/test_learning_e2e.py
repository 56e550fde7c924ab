"""A teacher sends documents, and the worker that reads them dies on the way."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.db import sql
from tests.house import PATIENCE, House, NewHouse, Phone, eventually

TEACHER = "whatsapp:+15559990001"
LEARNED = 'Thank you! I have read "Price list" and answer from it from now on.'


@pytest.fixture(scope="module")
def school(new_house: NewHouse) -> Iterator[House]:
    with new_house(KNOWLEDGE_TEACHERS="+1 555 999 0001") as house:
        yield house


def sends(house: House, phone: Phone, text: str, content: str, **more: str) -> Any:
    file = ("prices.csv", content, more.pop("kind", "text/csv"))
    form = {"from": phone.address, "body": text, **more}
    files = {"file": file}
    url = f"{house.simulator_url}/simulator/messages"
    return requests.post(url, data=form, files=files, timeout=PATIENCE).json()


def known(house: House) -> list[tuple[object, ...]]:
    query = "SELECT title, sha256, error, user_id FROM documents ORDER BY id"
    chunks = "SELECT title, chunk_text FROM document_chunks JOIN documents ON "
    chunks += "documents.id = document_id ORDER BY chunk_index"
    with sql.opened(house.database_url or "") as database:
        assert all(row[2:] == (None, None) for row in sql.rows(database, query))
        return sql.rows(database, chunks)


def test_a_document_is_learned_once_whatever_dies_and_repeats(school: House) -> None:
    teacher, stranger = Phone(school, TEACHER), school.phone()
    school.faults({"on": "media", "kind": "hang", "seconds": 60})
    said = sends(school, teacher, "/learn Price list", "bread,price\nRye,3.20\n")
    url = f"{school.simulator_url}/simulator/faults"
    eventually(lambda: requests.get(url, timeout=PATIENCE).json() == [])  # it hangs now
    school.kill("worker")
    school.start_worker()
    assert teacher.hears() == [LEARNED]
    [(title, text)] = known(school)
    assert title == "Price list"
    assert "3.20" in str(text)

    again = {"message_sid": said["message_sid"]}
    sends(school, teacher, "/learn Price list", "bread,price\nRye,3.20\n", **again)
    sends(school, stranger, "/learn Price list", "bread,price\nRye,0.01\n")
    assert stranger.hears() != [LEARNED], "no lesson: the LLM answers"
    assert teacher.hears_nothing_more()
    assert known(school) == [(title, text)]

    sends(school, teacher, "/learn Price list", "bread,price\nRye,3.40\n")
    assert teacher.hears() == [LEARNED]
    [(_, newer)] = known(school)
    assert "3.40" in str(newer)
    assert "3.20" not in str(newer)


def test_a_contact_card_is_fetched_and_read_in_the_answers_job(school: House) -> None:
    ana = school.phone()
    card = "BEGIN:VCARD\nFN:Ben\nTEL:+55 11\nEND:VCARD\n"
    sid = sends(school, ana, "", card, kind="text/vcard")["message_sid"]
    assert len(ana.hears()) == 1
    asked = str(school.llm.prompts[-1][-1]["content"])
    assert "[The user sent a contact card: Ben; phone +55 11]" in asked
    row = "SELECT state, media_type, text FROM media WHERE message_sid = %(sid)s"
    with sql.opened(school.database_url or "") as database:
        found = sql.rows(database, row, sid=sid)
    assert found == [("read", "text/vcard", "Ben; phone +55 11")]
