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
    of_business = [row for row in rows if row.chunk_id is not None]
    by_id = {chunk.chunk_id: chunk for chunk in chunks}
    found = [_passage(row, by_id) for row in of_business]
    passages = tuple(passage for passage in found if passage is not None)
    gone = tuple(_tell_gone(of_business, found))
    if not of_business:
        return Found(confidence=0.0 if is_missing else None), ()
    is_whole = _is_whole([float(row.score or 0) for row in of_business])
    return Found(passages=passages, is_whole=is_whole), gone


def _is_whole(scores: Sequence[float]) -> bool:
    """Tell whether all that is known was given: it stands as its documents have it.

    A search gives the best first, and nothing that does not fit at all.
    """
    return scores != sorted(scores, reverse=True) or 0.0 in scores


def _passage(row: Any, chunks: Mapping[int, Passage]) -> Passage | None:
    chunk, score = chunks.get(row.chunk_id), float(row.score or 0)
    if chunk is not None and chunk.sha256 == row.sha256:
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


def _tell_gone(rows: Sequence[Any], found: Sequence[Passage | None]) -> Iterator[str]:
    for row, passage in zip(rows, found, strict=True):
        if passage is None:
            yield GONE.format(position=row.position, title=row.title)
