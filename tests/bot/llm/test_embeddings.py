"""Vectors from a server over HTTP: asked rightly, read strictly, never waited for."""

import math
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.llm.account import EmbeddingServer
from bot.llm.breaker import MOST_FAILURES
from bot.llm.embeddings import MOST_CHARACTERS, Embeddings, prefixes_of
from bot.llm.protocol import LLMError
from tests.bot.embedding_server import DIMENSIONS, KEY, Told, embedding_server


@pytest.fixture
def told() -> Iterator[Told]:
    with embedding_server() as told:
        yield told


@pytest.fixture
def client(told: Told) -> Iterator[Embeddings]:
    with closing(Embeddings(told.server())) as client:
        yield client


def test_texts_become_vectors_of_length_1_in_their_order(
    told: Told, client: Embeddings
) -> None:
    rye, fee, odd = client.embed_passages(["rye bread", "a fee", "x\ud800"], 5, "words")
    assert len(rye) == DIMENSIONS
    assert math.isclose(math.hypot(*rye), 1)
    assert rye != fee
    assert client.embed_question("rye bread", 5, "words") == rye
    asked = told.asked[0]
    assert (asked["path"], asked["model"]) == ("/v1/embeddings", "words")
    assert asked["input"] == ["rye bread", "a fee", "x?"]
    assert asked["headers"]["Authorization"] == f"Bearer {KEY}"
    assert odd


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("multilingual-e5-small", "query: ", "passage: "),
        ("intfloat/e5-mistral-7b-instruct", "", ""),
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("text-embedding-3-small", "", ""),
        ("bge-m3", "", ""),
    ],
)
def test_models_get_the_words_in_front_that_they_want(
    model: str, question: str, passage: str, told: Told, client: Embeddings
) -> None:
    if model == "snowflake-arctic-embed2":
        assert prefixes_of("snowflake-arctic-embed-l-v2.0") == (question, passage)
        return
    client.embed_question("Bread?", 5, model)
    client.embed_passages(["b" * 2 * MOST_CHARACTERS], 5, model)
    asked = [one["input"][0] for one in told.asked]
    assert asked == [f"{question}Bread?", passage + "b" * MOST_CHARACTERS]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"data": []}',
        b'{"data": [{"embedding": []}]}',
        b'{"data": [{"embedding": [0, 0]}]}',
        b'{"data": [{"embedding": [1, NaN]}]}',
        b'{"data": [{"embedding": ["1", "2"]}]}',
        b'{"data": [{"embedding": "AACAPw=="}]}',
        b'{"data": [{"embedding": [1]}, {"embedding": [1]}]}',
        b'{"data": [{"embedding": [' + b"1," * 5000 + b"1]}]}",
        b'{"data": [{"embedding": [1' + b"0" * 400 + b"]}]}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_vector_is_an_error(
    body: bytes, told: Told, client: Embeddings
) -> None:
    told.answers.append((200, body))
    with pytest.raises(LLMError, match="check EMBEDDING_BASE_URL"):
        client.embed_question("Bread?", 5, "words")


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "EMBEDDING_API_KEY"), (404, "EMBEDDING_MODEL")]
)
def test_a_refusal_tells_what_to_check_and_no_secret(
    status: int, advice: str, told: Told, client: Embeddings
) -> None:
    told.answers.append((status, f"no {KEY} for Bread".encode()))
    with pytest.raises(LLMError, match=advice) as caught:
        client.embed_question("Bread?", 5, "words")
    assert KEY not in str(caught.value)
    assert "Bread" not in str(caught.value)


def test_a_server_that_is_silent_or_gone_is_soon_left_alone(
    told: Told, client: Embeddings
) -> None:
    told.silent.set()
    with pytest.raises(LLMError, match=r"within 0\.1 s"):
        client.embed_question("Bread?", 0.1, "words")
    gone = EmbeddingServer(api_key=KEY, base_url="http://127.0.0.1:1/v1", model="m")
    with closing(Embeddings(gone, clock=lambda: 0.0)) as away:
        for _ in range(MOST_FAILURES):
            with pytest.raises(LLMError, match="that the server runs"):
                away.embed_question("Bread?", 5, "m")
        with pytest.raises(LLMError, match="left alone"):
            away.embed_question("Bread?", 5, "m")
