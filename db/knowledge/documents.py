"""Documents and their versions: added, waiting, taken in, refused, removed.

A version waits as bytes beside its document until the job that was stored with it has
read it. Then all chunks give way to new ones in one transaction: a document is wholly
the old or wholly the new version for whoever looks. Each change holds the document's
row first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.errors import OperatorError
from db.knowledge.chunks import replace_chunks
from db.outages import outages
from db.queue.jobs import KNOWLEDGE, TAKE_IN_DOCUMENT
from db.records import (
    MOST_CONTENT_BYTES,
    Added,
    NewDocument,
    TakenIn,
    Upload,
    to_storable,
)

DOCUMENT_LOCK = "document:"
# A version may have megabytes, and thousands of chunks with all their words.
MOST_SECONDS = 120.0
UNREAD = "unknown"
PRODUCTS = "products"  # the type of a catalogue's document: db.knowledge.catalogues

DROP_DEMO = "DELETE FROM documents WHERE is_demo"
HAS_DEMO = "SELECT EXISTS (SELECT FROM documents WHERE is_demo)"
HAS_OWN = "SELECT EXISTS (SELECT FROM documents WHERE NOT is_demo)"
INSERT = """
INSERT INTO documents (title, file_path, url, file_type, user_id, is_demo)
VALUES (%(name)s, %(file_path)s, %(url)s, %(file_type)s, %(user_id)s, %(is_demo)s)
ON CONFLICT DO NOTHING RETURNING id
"""
# (Both ask for one column that is there: two owners' documents may lie at one path.)
FIND = """
SELECT id, file_type FROM documents
WHERE (file_path = %(file_path)s OR url = %(url)s)
  AND user_id IS NOT DISTINCT FROM %(user_id)s
FOR UPDATE
"""
HOLD = "SELECT id FROM documents WHERE id = %(document_id)s FOR UPDATE"
# Only once its row is held: what was joined while waiting for it would be old.
LOOK = """
SELECT documents.sha256 AS served, waiting.sha256 AS waiting, told
FROM documents LEFT JOIN document_uploads AS waiting ON document_id = id
WHERE id = %(document_id)s
"""
DESCRIBE = """
UPDATE documents SET description = %(description)s
WHERE id = %(document_id)s AND description IS DISTINCT FROM %(description)s
"""
# What it is called changes with what it says, unless it says nothing yet.
WAIT = """
UPDATE documents SET is_processed = false, error = NULL,
  told = told - 'content_type' || %(told)s,
  title = CASE WHEN sha256 IS NULL THEN COALESCE(%(title)s, title) ELSE title END
WHERE id = %(document_id)s
"""
UPLOAD = """
INSERT INTO document_uploads (document_id, sha256, content, uploaded_at)
VALUES (%(document_id)s, %(sha256)s, %(content)b, clock_timestamp())
ON CONFLICT (document_id) DO UPDATE SET sha256 = excluded.sha256,
  content = excluded.content, uploaded_at = excluded.uploaded_at
"""
DROP_UPLOAD = "DELETE FROM document_uploads WHERE document_id = %(document_id)s"
BACK_TO_SERVED = """
UPDATE documents SET is_processed = true, error = NULL
WHERE id = %(document_id)s AND (NOT is_processed OR error IS NOT NULL)
"""
QUEUE = f"""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
  '{KNOWLEDGE}', '{TAKE_IN_DOCUMENT}', 0, '{DOCUMENT_LOCK}' || %(document_id)s, NULL,
  jsonb_build_object('document_id', %(document_id)s::bigint), NULL
)::procrastinate_job_to_defer_v1])
"""
# Its job may have been given up.
QUEUE_IF_LOST = f"""
{QUEUE} WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs
  WHERE status IN ('todo', 'doing') AND lock = '{DOCUMENT_LOCK}' || %(document_id)s)
"""
READ = """
SELECT document_id, waiting.sha256, uploaded_at, content, file_type, file_path, url,
  told ->> 'title' AS title, told ->> 'language' AS language,
  told ->> 'content_type' AS content_type
FROM document_uploads AS waiting JOIN documents ON id = document_id
WHERE document_id = %(document_id)s
"""
IS_WAITING = """
SELECT EXISTS (
  SELECT FROM document_uploads
  WHERE document_id = %(document_id)s AND sha256 = %(sha256)s
    AND uploaded_at = %(uploaded_at)s)
"""
SERVE = """
UPDATE documents SET title = %(title)s, file_type = %(file_type)s,
  language = %(language)s, sha256 = %(sha256)s, file_size = %(file_size)s,
  is_processed = true, error = NULL
WHERE id = %(document_id)s
"""
REFUSE = """
UPDATE documents SET is_processed = true, error = %(error)s
WHERE id = %(document_id)s
"""
REMOVE = "DELETE FROM documents WHERE id = ANY (%(ids)s) RETURNING id"


class CatalogueError(OperatorError):
    """The file is a catalogue of products: one sentence says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "it is a catalogue of products: `bot products import` takes it in, anew too"
        )


class Documents:
    """The documents of one database. All raise StoreUnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewDocument) -> Added:
        """Have a version taken in: its bytes and its job are stored, or neither.

        A version that serves or waits already is left as it is. The first document of
        one's own drops those of the demo business. Raises OperatorError where it is
        empty or too large, CatalogueError where products were imported from there.
        """
        with outages(), self._database.transaction(MOST_SECONDS) as connection:
            return add_document(connection, new)

    def read_upload(self, document_id: int) -> Upload | None:
        """Return the version of a document that waits; None where none does."""
        mine = {"document_id": document_id}
        with (
            outages(),
            self._database.transaction(MOST_SECONDS) as connection,
            # As it is: in text, bytes would take twice their room.
            connection.driver.cursor(binary=True) as cursor,
        ):
            found = cursor.execute(READ, mine).fetchone()
            names = [column.name for column in cursor.description or ()]
        return found and Upload(**dict(zip(names, found, strict=True)))

    def store(self, upload: Upload, taken: TakenIn) -> bool:
        """Serve a version from now on, in place of the one before it.

        False, and nothing is changed, where it does not wait any more: a newer one
        came, it was taken in already, or the document was removed.
        """
        row = {
            **_key(upload),
            "title": to_storable(taken.title),
            "file_type": taken.file_type,
            "language": taken.language,
            "file_size": len(upload.content),
        }
        with outages(), self._database.transaction(MOST_SECONDS) as connection:
            if not _is_waiting(connection, upload):
                return False
            replace_chunks(connection, upload.document_id, taken.language, taken.chunks)
            connection.count(SERVE, row)
            connection.count(DROP_UPLOAD, row)
        return True

    def fail(self, upload: Upload, sentence: str) -> bool:
        """Say why a version can't be taken in; the one before it goes on serving.

        False where it does not wait any more.
        """
        row = {**_key(upload), "error": to_storable(sentence)}
        with outages(), self._database.transaction(MOST_SECONDS) as connection:
            if not _is_waiting(connection, upload):
                return False
            connection.count(REFUSE, row)
            connection.count(DROP_UPLOAD, row)
        return True

    def remove(self, ids: Sequence[int]) -> list[int]:
        """Remove documents with all that was made of them; return which were there."""
        with outages(), self._database.transaction(MOST_SECONDS) as connection:
            return remove_documents(connection, ids)


def add_document(connection: Connection, new: NewDocument) -> Added:
    """Do what `Documents.add` does, in a transaction that is open."""
    _require_size(len(new.content))
    if not new.is_demo:
        drop_demo(connection)
    document_id = _find_or_insert(connection, new)
    is_new_version = _add_version(connection, document_id, new)
    return Added(document_id, is_new_version)


def remove_documents(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Do what `Documents.remove` does, in a transaction that is open."""
    return connection.column(REMOVE, {"ids": list(ids)})


def drop_demo(connection: Connection) -> int:
    """Remove the demo business's documents; return how many there were.

    In the transaction that brings the first document or product of one's own.
    """
    return connection.count(DROP_DEMO)


def has_demo(connection: Connection) -> bool:
    """Tell whether the demo business's documents are there."""
    return bool(connection.scalar(HAS_DEMO))


def _require_size(size: int) -> None:
    if size == 0:
        raise OperatorError("it is empty: there is nothing to take in")
    if size > MOST_CONTENT_BYTES:
        most = MOST_CONTENT_BYTES // 2**20
        raise OperatorError(
            f"it has {size / 2**20:.0f} MB, and {most} MB are the most: split it"
        )


def _find_or_insert(connection: Connection, new: NewDocument) -> int:
    """Return the document's id; its row is held then."""
    row = {
        "name": to_storable(new.name),
        "file_path": new.file_path and to_storable(new.file_path),
        "url": new.url and to_storable(new.url),
        "file_type": new.file_type or UNREAD,
        "user_id": new.user_id,
        "is_demo": new.is_demo,
    }
    if added := connection.scalar(INSERT, row):
        return int(added)
    found = connection.first(FIND, row)
    if found is None:
        raise OperatorError("it was removed at the same moment: add it again")
    if found.file_type == PRODUCTS:
        raise CatalogueError
    return int(found.id)


def _add_version(connection: Connection, document_id: int, new: NewDocument) -> bool:
    """Have a version wait if it is new; tell whether it is."""
    title = new.title and to_storable(new.title)
    row = {"document_id": document_id, "sha256": new.sha256, "title": title}
    if new.description is not None:
        description = to_storable(new.description)
        connection.count(DESCRIBE, {**row, "description": description})
    there = connection.first(LOOK, row)
    told = _storable({"title": new.title, "language": new.language})
    is_told = told.items() <= there.told.items()
    if there.waiting == new.sha256 and is_told:
        connection.rows(QUEUE_IF_LOST, row)
        return False
    if there.served == new.sha256 and is_told:
        connection.count(DROP_UPLOAD, row)
        connection.count(BACK_TO_SERVED, row)
        return False
    told |= _storable({"content_type": new.content_type})
    connection.count(WAIT, {**row, "told": Jsonb(told)})
    connection.count(UPLOAD, {**row, "content": new.content})
    connection.rows(QUEUE, row)
    return True


def _storable(told: Mapping[str, str | None]) -> dict[str, str]:
    return {name: to_storable(value) for name, value in told.items() if value}


def _is_waiting(connection: Connection, upload: Upload) -> bool:
    """Hold a document's row, and tell whether that version still waits."""
    held = connection.scalar(HOLD, _key(upload))
    return bool(held and connection.scalar(IS_WAITING, _key(upload)))


def _key(upload: Upload) -> dict[str, Any]:
    return {
        "document_id": upload.document_id,
        "sha256": upload.sha256,
        "uploaded_at": upload.uploaded_at,
    }
