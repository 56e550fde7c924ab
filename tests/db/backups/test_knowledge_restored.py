"""What the business knows, in a backup and after its restore."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from bot.knowledge.words import words_to_find
from db.database import Database
from db.knowledge.catalogues import import_products
from db.knowledge.documents import Documents
from db.knowledge.vectors import Vectors
from db.records import NewChunk, NewDocument, TakenIn
from tests.bot.knowledge.catalogues.lists import BREADS, of_csv
from tests.db.backups.kept import leaving_no_databases
from tests.db.backups.times import Times
from tests.db.knowledge.storing import add_user, found
from tests.db.sql import value, values
from tests.db.test_sources_of_replies import ask
from tests.records import ANA, BEN

MODEL = "a model"
NOBODY = UUID(int=0)


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Iterator[Times]:
    with leaving_no_databases(database):
        yield Times(database, tmp_path)


def know(database: Database, path: str, text: str, **known: object) -> int:
    """Take in a file, as the worker does; return the document's id."""
    documents = Documents(database)
    new = NewDocument(content=text.encode(), file_path=path, **known)  # type: ignore[arg-type]
    document_id = documents.add(new).document_id
    upload = documents.read_upload(document_id)
    assert upload is not None
    chunk = NewChunk(text=text, words=words_to_find("", None, text))
    taken = TakenIn(title=upload.name, file_type="text", language="en", chunks=[chunk])
    assert documents.store(upload, taken)
    return document_id


def titles(older: list[str]) -> list[str]:
    return [name.partition(" ")[2] for name in older]


def plant(times: Times) -> int:
    """Know some of everything; return the id of a document that can be removed."""
    ana = add_user(times.database, ANA)
    know(times.database, "/hours", "We open at nine")
    know(times.database, "/prices", "Rye bread costs 4.20")
    offer = know(times.database, "/offer", "Last year's offer")
    know(times.database, "/hers", "Ana pays less for rye", user_id=ana)
    import_products(times.database, of_csv(BREADS, "/breads.csv").catalogue)
    (chunk_id, *_) = values(times.database, "SELECT id FROM document_chunks ORDER BY 1")
    Vectors(times.database).store(MODEL, {chunk_id: [0.6, 0.8]})
    ask(times.pg, "park", question="Can Ana park?", address=ANA)
    ask(times.pg, "vegan", question="Is it vegan?", address=BEN)
    return offer


def test_knowledge_comes_back_and_what_is_older_is_named(times: Times) -> None:
    offer = plant(times)
    times.back_up()
    know(times.database, "/prices", "Rye bread costs 4.50")
    know(times.database, "/new", "Something new")
    Documents(times.database).remove([offer])
    import_products(times.database, of_csv(BREADS[:60], "/breads.csv").catalogue)
    times.erase(ANA)
    replaced = times.restore().replaced
    assert replaced is not None
    assert titles(replaced.older) == ["prices", "offer", "breads"]
    assert "Rye bread costs 4.20" in found(times.database, "costs", NOBODY)
    query = "SELECT title FROM documents ORDER BY id"
    assert values(times.database, query) == ["hours", "prices", "offer", "breads"]
    assert values(times.database, "SELECT embedding_id FROM chunk_vectors") == [MODEL]
    assert value(times.database, "SELECT count(*) FROM products") == 3
    asked = "SELECT question FROM gap_overview"
    assert values(times.database, asked) == ["Is it vegan?"]
    know(times.database, "/prices", "Rye bread costs 4.50")  # it goes on
    assert titles(times.go_back().older) == ["breads", "new"]
    assert "Rye bread costs 4.50" in found(times.database, "costs", NOBODY)
