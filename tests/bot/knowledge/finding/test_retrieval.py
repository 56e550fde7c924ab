"""Retrieval on a real database, and a server of embeddings over HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from bot.knowledge.finding.confidence import measure
from bot.knowledge.finding.embedding import embed_missing
from bot.knowledge.finding.fusion import fuse
from bot.knowledge.finding.retrieval import MOST_PASSAGES, Retrieval, Shelf
from bot.knowledge.protocol import ENOUGH, Question
from bot.llm.embeddings import MOST_TEXTS, Embeddings
from db.database import Database
from db.knowledge.vectors import Vectors
from db.records import Found, Passage
from tests.bot.embedding_server import Told, embedding_server
from tests.db.knowledge.test_vectors import ANNA, add_document
from tests.db.sql import value, values

TEXTS = [f"item {n} in stock" for n in range(60)]
BREAD = "bread of rye"


@dataclass(frozen=True)
class Hit:
    chunk_id: int
    score: float
    share: float


@pytest.fixture
def told() -> Iterator[Told]:
    with embedding_server() as told:
        yield told


@pytest.fixture
def client(told: Told) -> Iterator[Embeddings]:
    with closing(Embeddings(told.server())) as client:
        yield client


@pytest.fixture
def vectors(database: Database) -> Vectors:
    add_document(database, *TEXTS, BREAD, title="Stock")
    return Vectors(database)


def never() -> bool:
    return False


def shelf_of(
    database: Database,
    hits: Sequence[Hit] = (),
    whole: Sequence[Passage] | None = None,
) -> Shelf:
    def load(ids: Sequence[int], _user: UUID) -> list[Passage]:
        query = "SELECT chunk_text FROM document_chunks WHERE id = %(id)s"
        return [
            Passage(
                chunk_id=chunk_id,
                document_id=1,
                title="Stock",
                text=value(database, query, id=chunk_id),
            )
            for chunk_id in ids
        ]

    return Shelf(
        whole=lambda _user, _bytes: whole,
        words=lambda words, _earlier, _user: (words, hits),
        load=load,
        vectors=Vectors(database),
    )


def id_of(database: Database, text: str) -> int:
    query = "SELECT id FROM document_chunks WHERE chunk_text = %(text)s"
    found: int = value(database, query, text=text)
    return found


def test_meaning_finds_where_words_find_nothing(
    database: Database, vectors: Vectors, client: Embeddings
) -> None:
    assert embed_missing(vectors, client, never) == len(TEXTS) + 1
    found = Retrieval(shelf_of(database), client).find(
        Question(text="bread of rye", user_id=ANNA), 5
    )
    assert found.passages[0].text == BREAD
    assert found.passages[0].score == 1
    assert len(found.passages) == MOST_PASSAGES
    assert found.confidence is not None
    assert found.confidence > 0.9
    short = Question(text="bread of rye", user_id=ANNA, most_tokens=1)
    assert len(Retrieval(shelf_of(database), client).find(short, 5).passages) == 1


@pytest.mark.parametrize("fault", ["silent", "gone", "garbage", "nothing set"])
def test_without_embeddings_words_answer_in_time(
    fault: str, database: Database, vectors: Vectors, told: Told, client: Embeddings
) -> None:
    embed_missing(vectors, client, never)
    hit = Hit(id_of(database, BREAD), 7.0, 0.9)
    asked: Embeddings | None = client
    if fault == "silent":
        told.silent.set()
    elif fault == "garbage":
        told.answers.append((200, b"{"))
    elif fault == "gone":
        client.close()
    else:
        asked = None
    began = time.monotonic()
    question = Question(text="bread of rye", user_id=ANNA)
    found = Retrieval(shelf_of(database, [hit]), asked).find(question, 1)
    assert [passage.text for passage in found.passages] == [BREAD]
    assert found.confidence is not None
    assert found.confidence > ENOUGH
    assert time.monotonic() - began < 10  # it would be 30 if the server were waited for


def test_little_is_given_whole_and_no_failure_is_raised(database: Database) -> None:
    passage = Passage(chunk_id=1, document_id=1, title="All", text="All")
    question = Question(text="bread", user_id=ANNA)
    found = Retrieval(shelf_of(database, whole=[passage]), None).find(question, 1)
    assert (found.passages, found.is_whole, found.terms) == (
        (passage,),
        True,
        ("bread",),
    )
    nothing = Retrieval(shelf_of(database, whole=[]), None).find(question, 1)
    assert (nothing.passages, nothing.is_whole, nothing.confidence) == ((), False, None)
    unfound = Retrieval(shelf_of(database), None).find(question, 1)
    assert (unfound.passages, unfound.confidence) == ((), 0.0)
    broken = Retrieval(shelf_of(database, [Hit(-1, 1.0, 1.0)]), None)
    failed = broken.find(question, 1)
    assert (failed.passages, failed.confidence) == ((), 0.0)


def test_where_there_are_no_documents_the_store_is_not_asked(
    database: Database,
) -> None:
    passage = Passage(chunk_id=1, document_id=1, title="All", text="All")
    question = Question(text="bread", user_id=ANNA, has_documents=False)
    asked = Retrieval(shelf_of(database, whole=[passage]), None)
    assert asked.find(question, 1) == Found()


def test_a_changed_model_is_asked_for_once_its_vectors_are_whole(
    database: Database, vectors: Vectors, told: Told, client: Embeddings
) -> None:
    embed_missing(vectors, client, never)
    now = [0.0]
    with closing(Embeddings(told.server("newer"))) as newer:
        retrieval = Retrieval(shelf_of(database), newer, clock=lambda: now[0])

        def model_asked() -> object:
            retrieval.find(Question(text=BREAD, user_id=ANNA), 5)
            return told.asked[-1]["model"]

        assert model_asked() == "words"
        calls = iter([False, True])
        assert embed_missing(vectors, newer, lambda: next(calls)) == MOST_TEXTS
        now[0] += 100
        assert model_asked() == "words"
        embed_missing(vectors, newer, never)
        now[0] += 100
        assert model_asked() == "newer"
    assert embed_missing(vectors, newer, never) == 0
    assert values(database, "SELECT embedding_id FROM embedding_models") == ["newer"]


def test_a_lot_that_fails_waits_and_a_refused_text_holds_up_no_other(
    database: Database, vectors: Vectors, told: Told, client: Embeddings
) -> None:
    told.answers.append((503, b"busy"))
    assert embed_missing(vectors, client, never) == 0
    refusals = MOST_TEXTS.bit_length()  # of halves, down to the one text
    told.answers.extend([(400, b"no")] * refusals)
    assert embed_missing(vectors, client, never) == len(TEXTS)
    asked = len(told.asked)
    assert embed_missing(vectors, client, never) == 0
    assert len(told.asked) == asked, "what was refused is not asked for again"
    query = "SELECT metadata ->> 'refused_by' FROM document_chunks WHERE id = %(id)s"
    assert value(database, query, id=id_of(database, BREAD)) == client.model


def test_a_server_that_refuses_everything_refuses_no_text(
    database: Database, vectors: Vectors, told: Told, client: Embeddings
) -> None:
    told.answers.extend([(400, b"no such model")] * (2 * MOST_TEXTS))
    assert embed_missing(vectors, client, never) == 0
    assert len(told.asked) <= 2 * MOST_TEXTS, "one lot, in halves, and the probe"
    told.answers.clear()
    assert embed_missing(vectors, client, never) == len(TEXTS) + 1


def test_a_refused_text_keeps_no_old_model_serving(
    database: Database, vectors: Vectors, told: Told, client: Embeddings
) -> None:
    embed_missing(vectors, client, never)
    with closing(Embeddings(told.server("newer"))) as newer:
        told.answers.extend([(400, b"no")] * MOST_TEXTS.bit_length())
        assert embed_missing(vectors, newer, never) == len(TEXTS)
        assert embed_missing(vectors, newer, never) == 0
    assert vectors.find_serving("newer") == "newer"


def ranked(hits: Sequence[Hit], cosines: dict[int, float]) -> list[int]:
    return list(fuse(hits, cosines))


def test_words_count_as_far_as_they_can_match() -> None:
    cosines = {1: 0.9, 2: 0.88, 3: 0.7}
    by_share: Callable[[float], list[int]] = lambda share: ranked(  # noqa: E731
        [Hit(2, 9.0, share), Hit(1, 1.0, share / 9)], cosines
    )
    assert by_share(0.15) == [1, 2, 3]
    assert by_share(0.8) == [2, 1, 3]
    assert ranked([Hit(4, 9.0, 0.9), Hit(1, 8.5, 0.5)], cosines)[:2] == [1, 4]
    assert ranked([], {}) == []
    assert ranked([Hit(2, 9.0, 0.5)], {}) == [2]
    assert set(fuse([], {1: 0.9}).values()) == {1.0}


def test_confidence_grows_with_what_stands_out() -> None:
    ground = {n: 0.8 - n / 1000 for n in range(2, 40)}
    far, near = {1: 0.92, **ground}, {1: 0.801, **ground}
    covers, misses = [Hit(1, 9.0, 0.9)], [Hit(1, 9.0, 0.1)]
    sure, unsure = measure(covers, far, 1), measure(misses, near, 1)
    assert unsure < ENOUGH < 0.9 < sure
    assert measure([], {1: 0.9}, 1) == 0
    assert measure(covers, {}, 1) > ENOUGH


def test_a_question_leans_on_earlier_ones_only_where_that_tells_of_its_own_words(
    database: Database, vectors: Vectors
) -> None:
    bread, card = id_of(database, BREAD), id_of(database, TEXTS[0])
    pays = [Hit(card, 5.0, 0.9)]

    def words(
        asked: Sequence[str], earlier: Sequence[str], _user: UUID
    ) -> tuple[Sequence[str], Sequence[Hit]]:
        leaned = [Hit(bread, 9.0, 0.9), *pays]
        return asked, (leaned if earlier else pays if "pay" in asked else [])

    shelf = replace(shelf_of(database), words=words)

    def first(text: str) -> str:
        question = Question(text=text, user_id=ANNA, earlier=("What is rye bread?",))
        return Retrieval(shelf, None).find(question, 5).passages[0].text

    assert first("How can I pay?") == TEXTS[0]
    assert first("And the weight?") == BREAD
