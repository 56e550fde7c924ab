"""Vectors in plain SQL: stored in lots, kept, searched by who may see what."""

import math
import random
from collections.abc import Sequence
from uuid import UUID

import pytest

from db.database import Database
from db.knowledge.chunks import replace_chunks
from db.knowledge.vectors import CANDIDATES, Vectors, keeping_vectors
from db.records import Near, NewChunk
from tests.db.sql import change, value, values

ANNA, BEN = UUID(int=1), UUID(int=2)
MODEL, OTHER = "one", "another"


def unit(*numbers: float) -> list[float]:
    return [number / math.hypot(*numbers) for number in numbers]


def add_document(
    database: Database, *texts: str, title: str = "Prices", user_id: UUID | None = None
) -> int:
    if user_id:
        change(
            database,
            "INSERT INTO users (user_id, phone_number) VALUES (%(id)s, %(id)s)",
            id=user_id,
        )
    document_id: int = value(
        database,
        "INSERT INTO documents (title, file_type, user_id)"
        " VALUES (%(title)s, 'text', %(user_id)s) RETURNING id",
        title=title,
        user_id=user_id,
    )
    fill(database, document_id, texts)
    return document_id


def fill(database: Database, document_id: int, texts: Sequence[str]) -> list[int]:
    chunks = [NewChunk(text=text, words=()) for text in texts]
    with (
        database.transaction() as connection,
        keeping_vectors(connection, document_id),
    ):
        return replace_chunks(connection, document_id, "en", chunks)


def chunks_of(database: Database, document_id: int) -> list[int]:
    query = "SELECT id FROM document_chunks WHERE document_id = %(id)s ORDER BY id"
    return values(database, query, id=document_id)


def test_chunks_lack_vectors_until_they_are_stored_newest_first(
    database: Database,
) -> None:
    vectors = Vectors(database)
    first, second = chunks_of(database, add_document(database, "rye", "fee"))
    newest, oldest = vectors.find_missing(MODEL, None, 5)
    assert (newest.id, newest.text) == (second, "Prices\nfee")
    assert [m.id for m in vectors.find_missing(MODEL, newest.id, 5)] == [oldest.id]
    for _ in range(2):
        vectors.store(MODEL, {first: unit(1, 2), 10**9: unit(2, 1)})
    vectors.store(MODEL, {})
    assert [missing.id for missing in vectors.find_missing(MODEL, None, 5)] == [second]
    named = values(database, "SELECT embedding_id FROM document_chunks ORDER BY id")
    assert named == [MODEL, None]
    with pytest.raises(ValueError, match="of 2 numbers"):
        vectors.store(MODEL, {second: unit(1, 2, 3)})


def test_the_nearest_are_found_with_their_cosines(database: Database) -> None:
    vectors = Vectors(database)
    rye, oat, fee = chunks_of(database, add_document(database, "rye", "oat", "fee"))
    vectors.store(MODEL, {rye: unit(1, 0), oat: unit(1, 1), fee: unit(0, 1)})
    near = Near(unit(1, 0), MODEL, ANNA)
    found = vectors.find(near, 2, ())
    assert list(found) == [rye, oat]
    assert found[oat] == pytest.approx(math.sqrt(0.5), abs=0.001)
    assert list(vectors.find(near, 1, [fee])) == [rye, fee]
    assert vectors.find(Near(unit(1, 0), OTHER, ANNA), 2, ()) == {}
    assert vectors.find(Near(unit(1, 0, 0), MODEL, ANNA), 2, ()) == {}


def test_nobody_is_shown_what_is_another_s(database: Database) -> None:
    vectors = Vectors(database)
    (everybody,) = chunks_of(database, add_document(database, "all"))
    (anna,) = chunks_of(database, add_document(database, "hers", user_id=ANNA))
    vectors.store(MODEL, {everybody: unit(1, 2), anna: unit(1, 0)})
    asked = [Near(unit(1, 0), MODEL, who) for who in (ANNA, BEN)]
    found = [set(vectors.find(near, 5, [anna])) for near in asked]
    assert found == [{everybody, anna}, {everybody}]


def test_a_centre_that_moves_keeps_the_search_right(database: Database) -> None:
    """As models make them, all vectors point one way: signs alone are alike."""
    chance = random.Random(5)  # noqa: S311 (no secret)
    amount, vectors = 2 * CANDIDATES, Vectors(database)
    ids = chunks_of(database, add_document(database, *map(str, range(amount))))
    made = {i: unit(*(5 + chance.gauss(0, 1) for _ in range(64))) for i in ids}
    for place in range(0, amount, 16):
        vectors.store(MODEL, {i: made[i] for i in ids[place : place + 16]})
    over = value(database, "SELECT centred_over FROM embedding_models")
    assert over == 128
    for wanted in ids[:: amount // 20]:
        found = vectors.find(Near(made[wanted], MODEL, ANNA), 10, ())
        assert next(iter(found)) == wanted


def test_text_that_stays_keeps_its_vectors(database: Database) -> None:
    vectors = Vectors(database)
    document = add_document(database, "rye 4.20", "closed on Sundays")
    rye, closed = chunks_of(database, document)
    vectors.store(MODEL, {rye: unit(1, 0), closed: unit(0, 1)})
    vectors.store(OTHER, {closed: unit(0, 1, 1)})
    new = fill(database, document, ["rye 4.40", "closed on Sundays"])
    (missing,) = vectors.find_missing(MODEL, None, 5)
    assert missing.text == "Prices\nrye 4.40"
    assert list(vectors.find(Near(unit(0, 1), MODEL, ANNA), 5, ())) == [new[1]]
    assert list(vectors.find(Near(unit(0, 1, 1), OTHER, ANNA), 5, ())) == [new[1]]


def test_old_vectors_serve_until_the_new_ones_are_whole(database: Database) -> None:
    vectors = Vectors(database)
    rye, fee = chunks_of(database, add_document(database, "rye", "fee"))
    assert vectors.find_serving(MODEL) is None
    vectors.store(OTHER, {rye: unit(1, 0), fee: unit(0, 1)})
    vectors.store(MODEL, {fee: unit(0, 1, 0)})
    assert vectors.find_serving(MODEL) == OTHER
    assert vectors.drop_others(MODEL) == 0
    vectors.store(MODEL, {rye: unit(1, 0, 0)})
    assert vectors.find_serving(MODEL) == MODEL
    assert vectors.drop_others(MODEL) == 1
    assert values(database, "SELECT DISTINCT embedding_id FROM chunk_vectors") == [
        MODEL
    ]


def test_vectors_go_with_their_chunks(database: Database) -> None:
    document = add_document(database, "rye")
    (rye,) = chunks_of(database, document)
    Vectors(database).store(MODEL, {rye: unit(1, 0)})
    change(database, "DELETE FROM documents")
    assert value(database, "SELECT count(*) FROM chunk_vectors") == 0
