"""Vectors of chunks: which are missing, stored in lots, searched by meaning.

A search counts, for all chunks that a person may see, in how many signs they differ
from the question's; the best few hundred are then compared exactly. So it needs no
extension, and a filter leaves none out (docs/decisions/signs-before-vectors.md).
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from operator import mul
from typing import Any

from db.database import Connection, Database
from db.records import Missing, Near, Vector

# So many are compared exactly; with fewer chunks the whole search is exact.
CANDIDATES = 400
# The centre is taken anew whenever there are so many times more vectors, until it is
# the mean of enough.
GROWN, ENOUGH = 8, 4096
# So many are in memory then: as numbers of Python they are sixteen times as large.
LOT = 100

MISSING = """
SELECT chunk.id, concat_ws(E'\\n', COALESCE(heading, title), chunk_text) AS text
FROM document_chunks AS chunk JOIN documents ON documents.id = document_id
WHERE NOT EXISTS (SELECT FROM chunk_vectors AS made
                  WHERE made.embedding_id = %(model)s AND made.chunk_id = chunk.id)
  AND chunk.metadata ->> 'refused_by' IS DISTINCT FROM %(model)s
  AND chunk.id < COALESCE(%(before)s, chunk.id + 1)
ORDER BY chunk.id DESC LIMIT %(limit)s
"""
ADD_MODEL = """
INSERT INTO embedding_models (embedding_id, dimensions, centre, centred_over)
VALUES (%(model)s, %(dimensions)s, %(centre)s, %(amount)s) ON CONFLICT DO NOTHING
"""
MODEL = """
SELECT dimensions, centre, centred_over FROM embedding_models
WHERE embedding_id = %(model)s
"""
ADD = """
INSERT INTO chunk_vectors (embedding_id, chunk_id, document_id, signs, vector)
SELECT %(model)s, chunk.id, chunk.document_id, made.signs::varbit, made.vector
FROM unnest(%(ids)s::bigint[], %(signs)s::text[], %(vectors)s::bytea[])
  AS made (chunk_id, signs, vector)
JOIN document_chunks AS chunk ON chunk.id = made.chunk_id
ON CONFLICT (embedding_id, chunk_id) DO NOTHING
"""
NAME_MODEL = """
UPDATE document_chunks SET embedding_id = %(model)s
WHERE id = ANY (%(ids)s) AND embedding_id IS DISTINCT FROM %(model)s
"""
REFUSE = """
UPDATE document_chunks
SET metadata = metadata || jsonb_build_object('refused_by', %(model)s::text)
WHERE id = ANY (%(ids)s)
"""
COUNT = "SELECT count(*) FROM chunk_vectors WHERE embedding_id = %(model)s"
NEXT = """
SELECT chunk_id, vector FROM chunk_vectors
WHERE embedding_id = %(model)s AND chunk_id > %(after)s ORDER BY chunk_id LIMIT %(lot)s
"""
SET_CENTRE = """
UPDATE embedding_models SET centre = %(centre)s, centred_over = %(amount)s
WHERE embedding_id = %(model)s
"""
SET_SIGNS = """
UPDATE chunk_vectors SET signs = made.signs::varbit
FROM unnest(%(ids)s::bigint[], %(signs)s::text[]) AS made (chunk_id, signs)
WHERE embedding_id = %(model)s AND chunk_vectors.chunk_id = made.chunk_id
"""
# The one that made the most, since that finds the most; of two alike the wanted one.
SERVING = """
SELECT embedding_id FROM chunk_vectors GROUP BY 1
ORDER BY count(*) DESC, embedding_id = %(wanted)s DESC LIMIT 1
"""
DROP_OTHERS = """
DELETE FROM embedding_models WHERE embedding_id <> %(model)s AND NOT EXISTS (
  SELECT FROM document_chunks AS chunk
  WHERE metadata ->> 'refused_by' IS DISTINCT FROM %(model)s AND NOT EXISTS (
    SELECT FROM chunk_vectors AS made
    WHERE made.embedding_id = %(model)s AND made.chunk_id = chunk.id))
"""
SEARCH = """
WITH nearest AS MATERIALIZED (
  SELECT chunk_id FROM chunk_vectors
  WHERE embedding_id = %(model)s AND document_id IN (
    SELECT id FROM documents WHERE user_id IS NULL OR user_id = %(user_id)s)
  ORDER BY bit_count(signs # %(signs)s::varbit) LIMIT %(candidates)s
), named AS (
  SELECT chunk_id FROM chunk_vectors
  WHERE chunk_id = ANY (%(others)s) AND document_id IN (
    SELECT id FROM documents WHERE user_id IS NULL OR user_id = %(user_id)s)
)
SELECT chunk_id, vector FROM chunk_vectors
WHERE embedding_id = %(model)s
  AND chunk_id IN (TABLE nearest UNION SELECT chunk_id FROM named)
"""
KEPT = """
SELECT made.embedding_id, heading, chunk_text, signs::text AS signs, vector
FROM chunk_vectors AS made JOIN document_chunks AS chunk ON chunk.id = made.chunk_id
WHERE chunk.document_id = %(document_id)s
"""
TEXTS = """
SELECT id, heading, chunk_text FROM document_chunks WHERE document_id = %(document_id)s
"""


class Vectors:
    """The vectors of one database; all calls raise psycopg's errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_missing(self, model: str, before: int | None, limit: int) -> list[Missing]:
        """Return chunks without a vector of a model, the newest first.

        Those that its server refused are left out. `before` is the id of the last one
        that was looked at.
        """
        asked = {"model": model, "before": before, "limit": limit}
        return self._database.read(Missing, MISSING, asked)

    def store(self, model: str, vectors: Mapping[int, Vector]) -> None:
        """Store vectors of length 1 by their chunks; what is there or gone stays so.

        All are as long as the model's others: ValueError where not.
        """
        if not vectors:
            return
        given = list(vectors.values())
        with self._database.transaction() as connection:
            connection.count(ADD_MODEL, _describe(model, given))
            known = connection.first(f"{MODEL} FOR UPDATE", {"model": model})
            if any(len(vector) != known.dimensions for vector in given):
                raise ValueError(f"{model} made vectors of {known.dimensions} numbers")
            centre = _unpack(known.centre)
            signs = [_signs(vector, centre) for vector in given]
            _add(connection, model, list(vectors), signs, list(map(pack, given)))
            _centre_anew(connection, model, known.centred_over)

    def refuse(self, model: str, ids: Sequence[int]) -> None:
        """Note which chunks the model's server makes no vector of: words find them."""
        self._database.count(REFUSE, {"model": model, "ids": list(ids)})

    def find_serving(self, wanted: str) -> str | None:
        """Return the model whose vectors are searched; None where there are none."""
        found = self._database.scalar(SERVING, {"wanted": wanted})
        return None if found is None else str(found)

    def drop_others(self, model: str) -> int:
        """Drop other models' vectors once this one has no more to make; count them."""
        return self._database.count(DROP_OTHERS, {"model": model})

    def find(self, near: Near, limit: int, others: Sequence[int]) -> dict[int, float]:
        """Return the cosines of the nearest chunks, the best first.

        Those of `others`, which were found elsewise, are returned as well. What the
        person may not see is in neither.
        """
        with self._database.transaction(snapshot=True) as connection:
            known = connection.first(MODEL, {"model": near.model})
            if known is None or known.dimensions != len(near.vector):
                return {}
            asked = {
                "model": near.model,
                "user_id": near.user_id,
                "signs": _signs(near.vector, _unpack(known.centre)),
                "candidates": max(CANDIDATES, limit),
                "others": list(others),
            }
            rows = connection.rows(SEARCH, asked)
        return _rank(near.vector, rows, limit, others)


@contextmanager
def keeping_vectors(connection: Connection, document_id: int) -> Iterator[None]:
    """Give the vectors of a document's chunks to those that say the same afterwards."""
    mine = {"document_id": document_id}
    kept = {
        (row.embedding_id, row.heading, row.chunk_text): row
        for row in connection.rows(KEPT, mine)
    }
    yield
    models = sorted({model for model, _, _ in kept})
    chunks = connection.rows(TEXTS, mine) if models else []
    for model in models:
        found = [
            (chunk.id, kept[key])
            for chunk in chunks
            if (key := (model, chunk.heading, chunk.chunk_text)) in kept
        ]
        signs, vectors = [k.signs for _, k in found], [k.vector for _, k in found]
        _add(connection, model, [chunk_id for chunk_id, _ in found], signs, vectors)


def _rank(
    vector: Vector, rows: Sequence[Any], limit: int, others: Sequence[int]
) -> dict[int, float]:
    form = _form(len(vector))
    cosines = {
        row.chunk_id: sum(map(mul, vector, form.unpack(row.vector))) for row in rows
    }
    ranked = sorted(cosines, key=lambda chunk_id: -cosines[chunk_id])
    wanted = {*ranked[:limit], *others}
    return {chunk_id: cosines[chunk_id] for chunk_id in ranked if chunk_id in wanted}


def pack(vector: Vector) -> bytes:
    """Return a vector as it is stored."""
    return _form(len(vector)).pack(*vector)


def _form(amount: int) -> struct.Struct:
    return struct.Struct(f"<{amount}e")


def _unpack(packed: bytes) -> Vector:
    return _form(len(packed) // 2).unpack(packed)


def _signs(vector: Vector, centre: Vector) -> str:
    return "".join("01"[a > b] for a, b in zip(vector, centre, strict=True))


def _add(
    connection: Connection,
    model: str,
    ids: list[int],
    signs: list[str],
    vectors: list[bytes],
) -> None:
    made = {"model": model, "ids": ids, "signs": signs, "vectors": vectors}
    connection.count(ADD, made)
    connection.count(NAME_MODEL, made)


def _describe(model: str, vectors: Sequence[Vector]) -> dict[str, Any]:
    amount = len(vectors)
    means = [sum(numbers) / amount for numbers in zip(*vectors, strict=True)]
    return {
        "model": model,
        "dimensions": len(vectors[0]),
        "centre": pack(means),
        "amount": amount,
    }


def _centre_anew(connection: Connection, model: str, over: int) -> None:
    """Take the centre of all vectors, and signs from it, where there are many more."""
    mine = {"model": model}
    if over >= ENOUGH or connection.scalar(COUNT, mine) < GROWN * over:
        return
    amount = 0
    sums: Iterable[float] = repeat(0.0)
    for lot in _lots(connection, model):
        amount += len(lot)
        sums = list(map(sum, zip(sums, *lot.values(), strict=False)))
    packed = pack([total / amount for total in sums])
    connection.count(SET_CENTRE, {**mine, "centre": packed, "amount": amount})
    centre = _unpack(packed)
    for lot in _lots(connection, model):
        signs = [_signs(vector, centre) for vector in lot.values()]
        connection.count(SET_SIGNS, {**mine, "ids": list(lot), "signs": signs})


def _lots(connection: Connection, model: str) -> Iterator[dict[int, Vector]]:
    """Yield all vectors of a model by their chunks, some at a time."""
    after = 0
    while True:
        asked = {"model": model, "after": after, "lot": LOT}
        found = connection.rows(NEXT, asked)
        if not found:
            return
        yield {row.chunk_id: _unpack(row.vector) for row in found}
        after = found[-1].chunk_id
