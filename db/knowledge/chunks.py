"""A document's chunks, all replaced at once within the caller's transaction."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from db.database import Connection
from db.knowledge.terms import replace_lengths_and_terms
from db.knowledge.vectors import keeping_vectors
from db.records import NewChunk, to_storable

TELL_LANGUAGE = """
UPDATE documents SET language = %(language)s
WHERE id = %(document_id)s AND language IS DISTINCT FROM %(language)s
"""
DROP = "DELETE FROM document_chunks WHERE document_id = %(document_id)s"
ADD = """
INSERT INTO document_chunks (document_id, chunk_index, chunk_text, heading, page,
                             metadata)
SELECT %(document_id)s, position - 1, chunk.text, chunk.heading, chunk.page,
       COALESCE(chunk.metadata, '{}')
FROM ROWS FROM (
  jsonb_to_recordset(%(chunks)s) AS (text text, heading text, page int, metadata jsonb)
) WITH ORDINALITY AS chunk (text, heading, page, metadata, position)
ORDER BY position
RETURNING id
"""


def replace_chunks(
    connection: Connection,
    document_id: int,
    language: str | None,
    chunks: Sequence[NewChunk],
) -> list[int]:
    """Replace a document's chunks, and what they are found by; return the new ids.

    What says the same as before keeps its vectors. `language` is an ISO 639-1 code.
    The caller's transaction holds the document's row.
    """
    mine = {"document_id": document_id, "language": language}
    connection.count(TELL_LANGUAGE, mine)
    with keeping_vectors(connection, document_id):
        connection.count(DROP, mine)
        added = connection.column(ADD, {**mine, "chunks": _as_rows(chunks)})
    words = [chunk.words for chunk in chunks]
    replace_lengths_and_terms(connection, document_id, language, words)
    return added


def _as_rows(chunks: Sequence[NewChunk]) -> Jsonb:
    rows = [
        {
            "text": to_storable(chunk.text),
            "heading": chunk.heading and to_storable(chunk.heading),
            "page": chunk.page,
            "metadata": dict(chunk.metadata),
        }
        for chunk in chunks
    ]
    return Jsonb(rows)
