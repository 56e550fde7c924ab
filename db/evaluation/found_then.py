"""What knowledge told for an answer, as far as it is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from db.database import Database
from db.knowledge.passages import load_passages
from db.outages import outages
from db.records import Found, Passage

GIVEN = """
SELECT position, chunk_id, document_id, title, heading, page, sha256, score, passage
FROM answer_passages WHERE reference_id = %(reference_id)s ORDER BY position
"""
GONE = "passage {position} ({title}) is not kept any more"
TEXT_ALONE = "of passage {position} ({title}) the text alone is kept"


def find_found(
    database: Database, reference_id: UUID, user_id: UUID, is_missing: bool
) -> tuple[Found, tuple[str, ...]]:
    """Return what was found for an answer, and what of it is gone, in words.

    A passage is what its chunk says, while that is of the same version; else what the
    answer kept of it, which is only what it named. Those of the user's own files are
    not among them. How sure the search was is not kept: what was given was enough, and
    what was all that there was is told by its order. Raises StoreUnavailableError.
    """
    with outages():
        rows = database.rows(GIVEN, {"reference_id": reference_id})
        ids = [row.chunk_id for row in rows if row.chunk_id is not None]
        chunks = load_passages(database, ids, user_id) if ids else []
    return found_of(rows, chunks, is_missing=is_missing)


def found_of(
    rows: Sequence[Any], chunks: Sequence[Passage], *, is_missing: bool
) -> tuple[Found, tuple[str, ...]]:
    """Return the same of rows of answer_passages, and the chunks that there are yet."""
    of_business = [row for row in rows if row.chunk_id is not None]
    by_id = {
        row.chunk_id: chunk
        for row in of_business
        for chunk in chunks
        if (chunk.chunk_id, chunk.sha256) == (row.chunk_id, row.sha256)
    }
    found = [_passage(row, by_id) for row in of_business]
    passages = tuple(passage for passage in found if passage is not None)
    if not of_business:
        return Found(confidence=0.0 if is_missing else None), ()
    is_whole = _is_whole([float(row.score or 0) for row in of_business])
    gone = tuple(_tell_gone(of_business, found, by_id))
    return Found(passages=passages, is_whole=is_whole), gone


def _is_whole(scores: Sequence[float]) -> bool:
    """Tell whether all that is known was given: it stands as its documents have it.

    A search gives the best first, and nothing that does not fit at all.
    """
    return scores != sorted(scores, reverse=True) or 0.0 in scores


def _passage(row: Any, chunks: Mapping[int, Passage]) -> Passage | None:
    chunk, score = chunks.get(row.chunk_id), float(row.score or 0)
    if chunk is not None:
        return replace(chunk, score=score)
    if row.passage is None:
        return None
    return Passage(
        chunk_id=row.chunk_id,
        document_id=row.document_id or 0,
        title=row.title,
        text=row.passage,
        heading=row.heading,
        page=row.page,
        sha256=row.sha256,
        score=score,
    )


def _tell_gone(
    rows: Sequence[Any], found: Sequence[Passage | None], chunks: Mapping[int, Passage]
) -> Iterator[str]:
    for row, passage in zip(rows, found, strict=True):
        if passage is None:
            yield GONE.format(position=row.position, title=row.title)
        elif row.chunk_id not in chunks:
            yield TEXT_ALONE.format(position=row.position, title=row.title)
