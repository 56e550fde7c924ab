"""Documents as people look at them: listed, found by what they are called, read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from db.database import Connection, Statements
from db.errors import OperatorError
from db.queue.own_jobs import SILENT_SECONDS
from db.records import DocumentRow, to_storable

MOST_NAMED = 5
COLUMNS = """
documents.id, title, description, file_path, url, file_type, file_size, sha256,
language, is_processed, error, is_demo, documents.user_id,
users.phone_number AS owner, documents.created_at, documents.updated_at,
(SELECT count(*)::int FROM document_chunks WHERE document_id = documents.id) AS chunks
"""
FROM = "FROM documents LEFT JOIN users ON users.user_id = documents.user_id"
LIST = f"SELECT {COLUMNS} {FROM} ORDER BY documents.id LIMIT %(most)s"
THEIRS = f"""
SELECT {COLUMNS} {FROM} WHERE documents.user_id = %(user_id)s ORDER BY 1
LIMIT %(most)s
"""
BY_ID = f"SELECT {COLUMNS} {FROM} WHERE documents.id = ANY (%(ids)s) ORDER BY 1"
BY_TITLE = f"""
SELECT {COLUMNS} {FROM} WHERE lower(title) = lower(%(title)s) ORDER BY 1
LIMIT {MOST_NAMED}
"""
BY_BEGINNING = f"""
SELECT {COLUMNS} {FROM} WHERE starts_with(lower(title), lower(%(title)s)) ORDER BY 1
LIMIT {MOST_NAMED}
"""
CHUNKS = """
SELECT chunk_index, chunk_text, heading, page, embedding_id, metadata
FROM document_chunks WHERE document_id = %(id)s ORDER BY chunk_index
"""
WAITING = """
SELECT document_id FROM document_uploads WHERE document_id = ANY (%(ids)s)
"""
ERRORS = """
SELECT id, error FROM documents WHERE id = ANY (%(ids)s) AND error IS NOT NULL
"""
HAS_WORKER = """
SELECT EXISTS (SELECT FROM procrastinate_workers
               WHERE last_heartbeat > now() - %(silence)s * interval '1 s')
"""
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRow:
    """A chunk as it is shown; `embedding_id` is the model that made its vector."""

    chunk_index: int
    chunk_text: str
    heading: str | None
    page: int | None
    embedding_id: str | None
    metadata: Mapping[str, object]


def list_documents(statements: Statements, most: int) -> list[DocumentRow]:
    """Return the documents in the order in which they were added, `most` at most."""
    return statements.read(DocumentRow, LIST, {"most": most})


def list_documents_of(
    statements: Statements, user_id: UUID, most: int
) -> list[DocumentRow]:
    """Return the documents that are one person's alone, `most` at most."""
    return statements.read(DocumentRow, THEIRS, {"user_id": user_id, "most": most})


def find_documents(statements: Statements, ids: Sequence[int]) -> list[DocumentRow]:
    """Return the documents with these ids. Raises OperatorError where one is not."""
    possible = [id_ for id_ in ids if id_ <= LARGEST_ID]
    found = statements.read(DocumentRow, BY_ID, {"ids": possible})
    if missing := sorted(set(ids) - {row.id for row in found}):
        told = ", ".join(map(str, missing))
        raise OperatorError(f"no document has the id {told}: see `bot knowledge list`")
    return found


def find_listed(statements: Statements, document_id: int) -> DocumentRow | None:
    """Return the document with an id; None where there is none (any more)."""
    possible = [document_id] if document_id <= LARGEST_ID else []
    found = statements.read(DocumentRow, BY_ID, {"ids": possible})
    return found[0] if found else None


def find_document(statements: Statements, named: str) -> DocumentRow:
    """Return the document with an id, a title, or the beginning of one.

    Raises OperatorError where there is none, or more than one.
    """
    if named.isdecimal():
        return find_documents(statements, [int(named)])[0]
    title = {"title": to_storable(named)}
    found = statements.read(DocumentRow, BY_TITLE, title)
    found = found or statements.read(DocumentRow, BY_BEGINNING, title)
    if not found:
        raise OperatorError(
            f"no document is called {named!r}: see `bot knowledge list`"
        )
    if len(found) > 1:
        ids = ", ".join(f"{row.id} ({row.title})" for row in found)
        raise OperatorError(f"several are called so, say which by its id: {ids}")
    return found[0]


def read_chunks(connection: Connection, document_id: int) -> Iterator[ChunkRow]:
    """Yield a document's chunks in its order."""
    for row in connection.stream(CHUNKS, {"id": document_id}):
        yield ChunkRow(**row._asdict())


def find_waiting(statements: Statements, ids: Sequence[int]) -> set[int]:
    """Return those documents of which a version waits to be taken in."""
    return set(statements.column(WAITING, {"ids": list(ids)}))


def find_errors(statements: Statements, ids: Sequence[int]) -> dict[int, str]:
    """Return why the last versions of documents were refused, where they were."""
    return dict(statements.rows(ERRORS, {"ids": list(ids)}))


def has_worker(statements: Statements) -> bool:
    """Tell whether a worker lives, as far as the database knows."""
    return bool(statements.scalar(HAS_WORKER, {"silence": SILENT_SECONDS}))
