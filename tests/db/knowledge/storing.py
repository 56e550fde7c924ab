"""Documents for the tests of searching, stored as the worker stores them."""

from uuid import UUID

from bot.knowledge.words import split_words, words_to_find
from db.database import Database
from db.knowledge.chunks import replace_chunks
from db.knowledge.passages import load_passages
from db.knowledge.search import find_by_words
from db.records import NewChunk
from tests.db.sql import value

ADD_DOCUMENT = """
INSERT INTO documents (title, file_type, is_processed, user_id)
VALUES (%(title)s, 'text', true, %(user_id)s) RETURNING id
"""
ADD_USER = "INSERT INTO users (phone_number) VALUES (%(address)s) RETURNING user_id"


def add_user(database: Database, address: str) -> UUID:
    found: UUID = value(database, ADD_USER, address=address)
    return found


def replace(
    database: Database, document_id: int, texts: list[str], language: str | None = "en"
) -> list[int]:
    """Replace a document's text, a chunk each; return their ids."""
    chunks = [
        NewChunk(text=text, words=words_to_find("", None, text)) for text in texts
    ]
    with database.transaction() as connection:
        return replace_chunks(connection, document_id, language, chunks)


def store(
    database: Database,
    *texts: str,
    language: str | None = "en",
    user_id: UUID | None = None,
    title: str = "Notes",
) -> int:
    """Store a document, a chunk a text; return its id."""
    document_id: int = value(database, ADD_DOCUMENT, title=title, user_id=user_id)
    replace(database, document_id, list(texts), language)
    return document_id


def found(database: Database, question: str, user_id: UUID) -> list[str]:
    """Return the texts that a question's words find, the best first."""
    hits = find_by_words(database, split_words(question), user_id)
    ids = [hit.chunk_id for hit in hits]
    return [passage.text for passage in load_passages(database, ids, user_id)]
