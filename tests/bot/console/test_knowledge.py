"""The pages about what the business knows."""

import io
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from db.chats import PostgresChatStore
from db.database import Database
from db.records import MOST_CONTENT_BYTES, Gap
from tests.bot.console.pages import HOSTILE, assert_harmless, audited, console_for
from tests.bot.console.pages import of_knowledge as piece
from tests.db.knowledge.storing import store
from tests.db.sql import rows, take_in, value
from tests.records import answer_to, said

PAGES = ("/knowledge", "/knowledge/products", "/knowledge/gaps", "/knowledge/ask?q=Rye")
NEWEST = """
SELECT file_path, is_processed, content
FROM documents JOIN document_uploads ON document_id = id ORDER BY id DESC LIMIT 1
"""
MAKE_HOSTILE = """
UPDATE documents SET title = %(t)s, error = %(t)s, description = %(t)s RETURNING id
"""
LIST = "sku,name,price\nR1,Rye bread,4.20\nS1,Spelt bread,5.10\n"


def a_file(content: str | bytes, name: str, **fields: str) -> dict[str, Any]:
    whole = content.encode() if isinstance(content, str) else content
    return {"file": FileStorage(io.BytesIO(whole), name), **fields}


def meet_gap(pg: PostgresChatStore, question: str) -> int:
    message = said(question)
    assert pg.record_reply(
        take_in(pg, message), answer_to(message, gap=Gap(question, ("p",)))
    )
    return 1


@pytest.mark.parametrize(
    ("role", "status"), [("supporter", 403), ("admin", 200), ("super_admin", 200)]
)
def test_knowledge_is_the_admins(
    pg: PostgresChatStore, database: Database, role: str, status: int
) -> None:
    store(database, "Rye bread is baked at night.")
    document_id = value(database, "SELECT id FROM documents")
    gap_id = meet_gap(pg, "Can I park?")
    client, _ = console_for(database, role, piece())
    for page in (*PAGES, f"/knowledge/{document_id}"):
        assert client.get(page).status_code == status, page
    written = 303 if status == 200 else 403
    for path, data in (
        ("/knowledge", a_file("We open at nine.", "hours.txt")),
        ("/knowledge/products", a_file(LIST, "list.csv", currency="EUR")),
        (f"/knowledge/gaps/{gap_id}", {"answer": "Yes, behind the house."}),
        (f"/knowledge/{document_id}/remove", {}),
    ):
        assert client.post(path, data=data).status_code == written, path
    told = [action for action, *_ in audited(database)]
    assert told == ([] if status == 403 else [
        "document added", "product changed", "gap answered", "document removed",
    ])  # fmt: skip


def test_a_file_waits_for_the_worker_under_its_bare_name(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    for name, place in (
        ("hours.txt", "console/hours.txt"),
        ("../../etc/passwd", "console/passwd"),
        ("C:\\\\shop\\\\prices.txt", "console/prices.txt"),
        (HOSTILE, None),
        ("x" * 5000 + ".pdf", "console/" + "x" * 146 + ".pdf"),
    ):
        text = f"We open at nine: {name}"
        client.post("/knowledge", data=a_file(text, name))
        ((path, is_processed, content),) = rows(database, NEWEST)
        assert "\u202e" not in path
        assert path == (place or path)
        assert (is_processed, bytes(content)) == (False, text.encode())
    assert value(database, "SELECT count(*) FROM procrastinate_jobs") == 5
    page = client.get("/knowledge").text
    assert_harmless(page)
    assert "No worker seems to run" in page
    assert audited(database)[0][2] is not None


def test_the_same_file_again_is_no_new_version(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    for _ in range(2):
        client.post("/knowledge", data=a_file("We open at nine.", "hours.txt"))
    assert value(database, "SELECT count(*) FROM documents") == 1
    assert len(audited(database)) == 1


def test_what_is_too_large_or_no_file_is_refused(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    for size, status in ((1, 409), (2**20, 413)):
        sent = a_file(b"x" * (MOST_CONTENT_BYTES + size), "a.txt")
        boundary, body = encode_multipart(sent)
        kind = f"multipart/form-data; boundary={boundary}"
        answer = client.post("/knowledge", data=body, content_type=kind)
        assert answer.status_code == status
    assert client.post("/knowledge", data=a_file(b"", "a.txt")).status_code == 409
    assert client.post("/knowledge", data={"title": "Hours"}).status_code == 409
    assert client.post("/knowledge", data={"file": "no file"}).status_code == 409
    usual = {"answer": "x" * 2**21}
    assert client.post("/knowledge/gaps/1", data=usual).status_code == 413
    assert value(database, "SELECT count(*) FROM documents") == 0
    assert audited(database) == []


def test_who_may_not_send_a_file_has_none_of_it_read(database: Database) -> None:
    client, _ = console_for(database, "supporter", piece())
    broken = {"CONTENT_LENGTH": str(2**40)}  # never looked at
    assert client.post("/knowledge", environ_overrides=broken).status_code == 403


def test_documents_are_shown_as_text(database: Database) -> None:
    store(database, HOSTILE)
    document_id = value(database, MAKE_HOSTILE, t=HOSTILE)
    client, _ = console_for(database, "admin", piece())
    assert_harmless(client.get("/knowledge").text)
    assert_harmless(client.get(f"/knowledge/{document_id}").text)
    assert_harmless(client.get("/knowledge/ask", query_string={"q": "img"}).text)
    assert client.get("/knowledge/999").status_code == 404
    assert client.get(f"/knowledge/{2**70}").status_code == 404
    assert client.post(f"/knowledge/{2**70}/remove").status_code == 303


def test_what_was_sent_can_not_be_looked_for_again(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    where = client.post("/knowledge", data=a_file("We open.", "a.txt")).location
    assert "Look for it again" not in client.get(where).text
    answer = client.post(f"{where}/refresh")
    assert answer.status_code == 409
    assert "send the file again" in answer.text


def test_a_list_is_checked_then_imported(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    bad = LIST + "B1,Bun,cheap\n"
    checked = client.post(
        "/knowledge/products", data=a_file(LIST, "l.csv", currency="EUR", check="on")
    )
    assert "Nothing was imported yet" in checked.text
    refused = client.post(
        "/knowledge/products", data=a_file(bad, "l.csv", currency="EUR")
    )
    assert "line 4" in refused.text
    assert value(database, "SELECT count(*) FROM products") == 0
    assert audited(database) == []
    done = client.post(
        "/knowledge/products",
        data=a_file(bad, "l.csv", currency="EUR", skip_bad="on"),
        follow_redirects=True,
    )
    assert "2 new" in done.text
    assert "4.20 EUR" in client.get("/knowledge/products?q=rye").text
    assert "Spelt" not in client.get("/knowledge/products?q=rye").text
    ((action, _, details),) = audited(database)
    assert (action, details["new"]) == ("product changed", 2)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LIST, "list.pdf"), (b"PK\x03\x04 no workbook", "list.xlsx"), ("", "a.csv"),
        ("no,headings\n1,2\n", "a.csv"), (LIST, "../a"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(
    database: Database, content: str | bytes, name: str
) -> None:
    client, _ = console_for(database, "admin", piece())
    sent = a_file(content, name, currency="EUR")
    assert client.post("/knowledge/products", data=sent).status_code == 409
    sent = a_file(LIST, "a.csv", currency="<b>")
    assert client.post("/knowledge/products", data=sent).status_code == 409


def test_products_are_shown_as_text(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    hostile = HOSTILE.replace('"', "").replace("\u202e", "")
    listed = f"sku,name,description,{hostile}\nR1,{hostile},{hostile},{hostile}\n"
    sent = a_file(listed, "a.csv", check="on")
    assert_harmless(client.post("/knowledge/products", data=sent).text)
    client.post("/knowledge/products", data=a_file(listed, "a.csv"))
    assert_harmless(client.get("/knowledge/products").text)


def test_a_gap_is_answered_under_words_of_ours(
    pg: PostgresChatStore, database: Database
) -> None:
    gap_id = meet_gap(pg, HOSTILE)
    client, _ = console_for(database, "admin", piece())
    assert_harmless(client.get("/knowledge/gaps").text)
    sent = {"answer": "Yes, behind the house.", "question": "Can I park?"}
    assert client.post(f"/knowledge/gaps/{gap_id}", data=sent).status_code == 303
    assert "No question has met a gap" in client.get("/knowledge/gaps").text
    assert "answered</a>" in client.get("/knowledge/gaps?all=on").text
    found = client.get("/knowledge/ask?q=Where can I park?").text
    assert "behind the house" in found
    assert "by words, prices and stock only" in found
    ((action, _, details),) = audited(database)
    assert (action, details["gap_id"]) == ("gap answered", gap_id)


def test_an_answer_that_is_not_stored_is_not_lost(
    pg: PostgresChatStore, database: Database
) -> None:
    gap_id = meet_gap(pg, "Can I park?")
    client, _ = console_for(database, "admin", piece())
    sent = {"answer": "<b>Yes.</b> " + "x" * 4000, "question": "Parking?"}
    refused = client.post(f"/knowledge/gaps/{gap_id}", data=sent)
    assert refused.status_code == 409
    assert "&lt;b&gt;Yes.&lt;/b&gt; xxx" in refused.text
    assert "Parking?" in refused.text
    assert (
        client.post(f"/knowledge/gaps/{gap_id}", data={"answer": " "}).status_code
        == 409
    )
    assert client.post(f"/knowledge/gaps/{2**70}", data=sent).status_code == 409
    assert audited(database) == []
