"""Documents and their versions: wholly the old or wholly the new one, and its job."""

from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.knowledge.documents import Documents
from db.records import MOST_CONTENT_BYTES, Added, NewChunk, NewDocument, TakenIn
from tests.db.sql import change, load, rows, take_in, value, values
from tests.records import said

OLD, NEW = b"Rye bread: 4.50", b"Rye bread: 4.80"
JOBS = "SELECT queue_name, task_name, lock, args FROM procrastinate_jobs ORDER BY id"
SEEN = """
SELECT title, sha256 IS NOT NULL, is_processed, error,
  ARRAY(SELECT chunk_text FROM document_chunks
        WHERE document_id = documents.id ORDER BY chunk_index)
FROM documents WHERE id = %(id)s
"""
WAITING = "SELECT content FROM document_uploads"


@pytest.fixture
def documents(database: Database) -> Documents:
    return Documents(database)


def prices(content: bytes, **others: object) -> NewDocument:
    """A version of the price list."""
    told = {"file_path": "/srv/prices.md", **others}
    return NewDocument(content=content, **told)  # type: ignore[arg-type]


def as_read(content: bytes, title: str = "Prices") -> TakenIn:
    """What a version turns out to be."""
    text = content.decode()
    chunk = NewChunk(text=text, words=tuple(text.split()))
    return TakenIn(title=title, file_type="markdown", language="en", chunks=[chunk])


def serve(documents: Documents, new: NewDocument, title: str = "Prices") -> int:
    """Add a version and take it in, as its job does."""
    document_id = documents.add(new).document_id
    upload = documents.read_upload(document_id)
    assert upload is not None
    assert documents.store(upload, as_read(new.content, title))
    return document_id


def test_a_chat_tells_whether_there_are_documents(
    documents: Documents, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("What does rye bread cost?"))
    assert not load(pg, chat_id).has_documents
    serve(documents, prices(OLD))
    assert load(pg, chat_id).has_documents


def test_a_version_waits_with_its_job_and_then_serves(
    documents: Documents, database: Database
) -> None:
    document_id = documents.add(prices(OLD)).document_id
    assert rows(database, SEEN, id=document_id) == [
        ("prices.md", False, False, None, [])
    ]
    assert rows(database, JOBS) == [
        (
            "knowledge",
            "take_in_document",
            f"document:{document_id}",
            {"document_id": document_id},
        )
    ]
    upload = documents.read_upload(document_id)
    assert upload is not None
    assert (upload.content, upload.name) == (OLD, "prices.md")
    assert documents.store(upload, as_read(OLD))
    served = ("Prices", True, True, None, [OLD.decode()])
    assert rows(database, SEEN, id=document_id) == [served]
    assert values(database, WAITING) == []
    assert documents.read_upload(document_id) is None


def test_the_old_version_serves_until_the_new_one_does(
    documents: Documents, database: Database
) -> None:
    document_id = serve(documents, prices(OLD))
    added = documents.add(prices(NEW))
    assert added == Added(document_id, is_new_version=True)
    old = ("Prices", True, False, None, [OLD.decode()])
    assert rows(database, SEEN, id=document_id) == [old]
    upload = documents.read_upload(document_id)
    assert upload is not None
    assert documents.store(upload, as_read(NEW, "Prices of 2026"))
    new = ("Prices of 2026", True, True, None, [NEW.decode()])
    assert rows(database, SEEN, id=document_id) == [new]


def test_the_same_version_again_is_nothing_new(
    documents: Documents, database: Database
) -> None:
    first = documents.add(prices(OLD))
    assert documents.add(prices(OLD)) == Added(first.document_id, is_new_version=False)
    assert len(rows(database, JOBS)) == 1
    upload = documents.read_upload(first.document_id)
    assert upload is not None
    assert documents.store(upload, as_read(OLD))
    assert not documents.store(upload, as_read(OLD))
    assert not documents.add(prices(OLD)).is_new_version


def test_a_version_whose_job_was_given_up_gets_another_one(
    documents: Documents, database: Database
) -> None:
    documents.add(prices(OLD))
    change(database, "UPDATE procrastinate_jobs SET status = 'failed'")
    assert not documents.add(prices(OLD)).is_new_version
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    assert value(database, waiting) == 1


def test_what_was_read_of_an_older_version_is_not_stored(
    documents: Documents, database: Database
) -> None:
    document_id = documents.add(prices(OLD)).document_id
    late = documents.read_upload(document_id)
    assert late is not None
    documents.add(prices(NEW))
    assert not documents.store(late, as_read(OLD))
    assert not documents.fail(late, "It can't be read.")
    assert values(database, "SELECT chunk_text FROM document_chunks") == []
    assert values(database, WAITING) == [NEW]
    assert values(database, "SELECT error FROM documents") == [None]


def test_going_back_to_what_serves_drops_what_waits(
    documents: Documents, database: Database
) -> None:
    document_id = serve(documents, prices(OLD))
    documents.add(prices(NEW))
    late = documents.read_upload(document_id)
    assert late is not None
    assert not documents.add(prices(OLD)).is_new_version
    assert not documents.store(late, as_read(NEW))
    old = ("Prices", True, True, None, [OLD.decode()])
    assert rows(database, SEEN, id=document_id) == [old]


def test_a_refused_version_leaves_the_old_one_serving_and_says_why(
    documents: Documents, database: Database
) -> None:
    document_id = serve(documents, prices(OLD))
    documents.add(prices(NEW))
    upload = documents.read_upload(document_id)
    assert upload is not None
    assert documents.fail(upload, "It has a password.")
    told = ("Prices", True, True, "It has a password.", [OLD.decode()])
    assert rows(database, SEEN, id=document_id) == [told]
    assert values(database, WAITING) == []
    assert documents.add(prices(NEW)).is_new_version  # it may be tried again
    assert values(database, "SELECT error FROM documents") == [None]


def test_a_title_that_was_told_has_the_version_read_again_and_stays(
    documents: Documents,
) -> None:
    document_id = serve(documents, prices(OLD))
    assert documents.add(prices(OLD, title="Our prices")).is_new_version
    told = documents.read_upload(document_id)
    assert told is not None
    assert (told.title, told.language) == ("Our prices", None)
    documents.add(prices(NEW, language="de"))
    told = documents.read_upload(document_id)
    assert told is not None
    assert (told.title, told.language) == ("Our prices", "de")


def test_each_owner_has_a_document_of_their_own(
    documents: Documents, pg: PostgresChatStore, database: Database
) -> None:
    take_in(pg, said("Hello"))
    user_id: UUID = value(database, "SELECT user_id FROM users")
    everybodys = documents.add(prices(OLD)).document_id
    theirs = documents.add(prices(OLD, user_id=user_id)).document_id
    assert everybodys != theirs
    assert documents.add(prices(OLD, user_id=user_id)).document_id == theirs
    written = [documents.add(NewDocument(content=OLD, title="Rye")) for _ in range(2)]
    assert len({added.document_id for added in written}) == 2


def test_the_demo_goes_with_the_first_document_of_ones_own(
    documents: Documents, database: Database
) -> None:
    page = "https://bakery.example/prices"
    demo = NewDocument(content=OLD, url=page, is_demo=True)
    serve(documents, demo)
    documents.add(NewDocument(content=NEW, url=page))
    titles = rows(database, "SELECT title, is_demo, sha256 FROM documents")
    assert titles == [("prices", False, None)]


def test_a_removed_document_is_gone_with_all_that_was_made_of_it(
    documents: Documents, database: Database
) -> None:
    document_id = serve(documents, prices(OLD))
    documents.add(prices(NEW))
    late = documents.read_upload(document_id)
    assert late is not None
    assert documents.remove([document_id, document_id + 1]) == [document_id]
    assert not documents.store(late, as_read(NEW))
    for table in ("documents", "document_uploads", "document_chunks"):
        assert value(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608


def test_nothing_and_too_much_are_refused(documents: Documents) -> None:
    with pytest.raises(OperatorError, match="empty"):
        documents.add(prices(b""))
    with pytest.raises(OperatorError, match="32 MB are the most"):
        documents.add(prices(bytes(MOST_CONTENT_BYTES + 1)))


def test_what_postgresql_refuses_in_a_text_is_replaced(
    documents: Documents, database: Database
) -> None:
    new = NewDocument(content=OLD, file_path="a\x00b", title="x\ud800")
    documents.add(new)
    found = rows(database, "SELECT title, file_path FROM documents")
    assert found == [("x\ufffd", "a\ufffdb")]
