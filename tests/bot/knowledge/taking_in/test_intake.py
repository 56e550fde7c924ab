"""Taking in: what is refused, what is tried again, and what is given up."""

import pytest

from bot.knowledge.taking_in.intake import Intake
from db.database import Database
from db.errors import OperatorError, StoreUnavailableError
from db.knowledge.documents import Documents
from db.records import NewChunk, NewDocument, TakenIn, Upload
from tests.db.sql import value, values

ERROR = "SELECT error FROM documents"
WAITING = "SELECT count(*) FROM document_uploads"


def read(upload: Upload) -> TakenIn:
    chunk = NewChunk(text=upload.content.decode(), words=())
    return TakenIn(title="x", file_type="text", language=None, chunks=[chunk])


@pytest.fixture
def documents(database: Database) -> Documents:
    return Documents(database)


@pytest.fixture
def document_id(documents: Documents) -> int:
    return documents.add(NewDocument(content=b"Nine to five", title="x")).document_id


def test_what_waits_is_taken_in_once(
    documents: Documents, document_id: int, database: Database
) -> None:
    intake = Intake(documents, read)
    assert intake.take_in(document_id) == "taken_in"
    assert intake.take_in(document_id) == "nothing"
    texts = "SELECT chunk_text FROM document_chunks"
    assert values(database, texts) == ["Nine to five"]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OperatorError("it has a password: take it off"), "it has a password"),
        (RuntimeError("secret words of it"), r"our reader failed on it (RuntimeError)"),
    ],
)
def test_what_can_not_be_read_is_refused_and_not_tried_again(
    documents: Documents,
    document_id: int,
    database: Database,
    raised: Exception,
    told: str,
) -> None:
    def fail(_upload: Upload) -> TakenIn:
        raise raised

    assert Intake(documents, fail).take_in(document_id) == "refused"
    error = value(database, ERROR)
    assert told in error
    assert "secret" not in error
    assert value(database, WAITING) == 0


def test_an_outage_leaves_it_waiting(
    documents: Documents, document_id: int, database: Database
) -> None:
    def fail(_upload: Upload) -> TakenIn:
        raise StoreUnavailableError("the database is away")

    with pytest.raises(StoreUnavailableError):
        Intake(documents, fail).take_in(document_id)
    assert (value(database, ERROR), value(database, WAITING)) == (None, 1)


def test_what_ends_the_worker_over_and_over_is_given_up(
    documents: Documents, document_id: int, database: Database
) -> None:
    intake = Intake(documents, read)
    assert intake.give_up(document_id, 20) == "refused"
    assert "tried 20 times" in value(database, ERROR)
    assert intake.give_up(document_id, 20) == "nothing"


def test_what_was_removed_meanwhile_stays_removed(
    documents: Documents, document_id: int, database: Database
) -> None:
    def slowly(upload: Upload) -> TakenIn:
        documents.remove([document_id])
        return read(upload)

    assert Intake(documents, slowly).take_in(document_id) == "nothing"
    assert values(database, "SELECT chunk_text FROM document_chunks") == []
