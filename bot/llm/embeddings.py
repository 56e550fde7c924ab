"""Vectors of texts, from any server that offers /embeddings as OpenAI's does.

https://platform.openai.com/docs/api-reference/embeddings/create
"""

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.llm.account import EmbeddingServer
from bot.llm.endpoint import Asking, Endpoint, Measure, Offer, unmeasured
from bot.llm.protocol import LLMError
from bot.llm.reading import count_of
from db.records import Vector

# Of one request: a small machine takes half a second for a passage.
MOST_TEXTS = 16
# No model reads more of one text; the rest would be cut there, or refused.
MOST_CHARACTERS = 8000
MOST_DIMENSIONS = 4096
# So many numbers as JSON, for each text of a request.
MOST_BYTES = MOST_TEXTS * MOST_DIMENSIONS * 32
UNREADABLE = (
    ValueError, OverflowError, KeyError, TypeError, AttributeError, RecursionError,
)  # fmt: skip
REFUSED = "it refused the texts; check EMBEDDING_MODEL"
OFFER = Offer(
    path="/embeddings",
    server="the embeddings' server",
    setting="EMBEDDING",
    most_bytes=MOST_BYTES,
    refusals=dict.fromkeys((400, 413, 422), REFUSED),
)
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
# What models want in front of a question and of a passage, by names that servers use.
# Each stands in the model's own card; without them some rank half as well.
RETRIEVE = "Represent this sentence for searching relevant passages: "
FAMILIES = (
    (r"e5-(?!mistral)(?!.*instruct)", "query: ", "passage: "),
    (r"nomic-embed-text", "search_query: ", "search_document: "),
    (r"bge-(small|base|large)-en|mxbai-embed-large", RETRIEVE, ""),
    (r"arctic-embed.*(v2|2\.0)", "query: ", ""),
    (r"arctic-embed", RETRIEVE, ""),
    (r"embedding-?gemma", "task: search result | query: ", "title: none | text: "),
)


class Embeddings:
    """Asks one server for vectors of length 1; safe to call from many threads.

    Each call names its model, since two may serve side by side; `model` is the one
    that is wanted. All that fails is an LLMError.
    """

    def __init__(
        self,
        server: EmbeddingServer,
        clock: Callable[[], float] = time.monotonic,
        measure: Measure = unmeasured,
    ) -> None:
        self.model = server.model
        self._measure = measure
        self._endpoint = Endpoint(OFFER, server.base_url, server.api_key, clock)

    def embed_question(self, text: str, seconds: float, model: str) -> Vector:
        """Return the vector of a question, within `seconds`. Raises LLMError."""
        before, _ = prefixes_of(model)
        given = [before + text[:MOST_CHARACTERS]]
        return self._embed(given, seconds, Asking("question", model))[0]

    def embed_passages(
        self, texts: Sequence[str], seconds: float, model: str
    ) -> list[Vector]:
        """Return a vector for each of at most MOST_TEXTS passages. Raises LLMError."""
        _, before = prefixes_of(model)
        given = [before + text[:MOST_CHARACTERS] for text in texts]
        return self._embed(given, seconds, Asking("documents", model))

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._endpoint.close()

    def _embed(self, texts: list[str], seconds: float, asking: Asking) -> list[Vector]:
        # Half of a surrogate pair can't be sent, and is no word either.
        clean = [text.encode(errors="replace").decode() for text in texts]
        asked = {"model": asking.model, "input": clean}
        body = json.dumps(asked, ensure_ascii=False).encode()
        asking = replace(asking, input_bytes=sum(len(text.encode()) for text in clean))
        with self._measure(asking) as told, self._endpoint.watching():
            answer = self._endpoint.post(body, JSON, seconds)
            told.tokens = _read_tokens(answer)
            return list(_read_vectors(answer, len(texts)))


def prefixes_of(model: str) -> tuple[str, str]:
    """Return what stands in front of a question, and of a passage, for a model."""
    for name, question, passage in FAMILIES:
        if re.search(name, model, re.IGNORECASE):
            return question, passage
    return "", ""


def _read_vectors(answer: bytes, amount: int) -> Iterator[Vector]:
    """Yield the vectors of an answer in the order of its texts. Raises LLMError."""
    try:
        found = json.loads(answer)["data"]
        placed = sorted(enumerate(found), key=lambda one: one[1].get("index", one[0]))
        vectors = [_to_unit(entry["embedding"]) for _, entry in placed]
        sizes = {len(vector) for vector in vectors}
        fits = len(vectors) == amount and len(sizes) == 1
    except UNREADABLE:
        fits = False
    if not fits:
        raise LLMError(
            f"{OFFER.server} sent no vectors, or not one for each text: check"
            " EMBEDDING_BASE_URL and EMBEDDING_MODEL."
        )
    yield from vectors


def _read_tokens(answer: bytes) -> int | None:
    """Return how many tokens a server says that it read."""
    try:
        return count_of(json.loads(answer)["usage"], "prompt_tokens")
    except UNREADABLE:
        return None


def _to_unit(numbers: Any) -> Vector:
    """Return a vector of length 1. Raises what UNREADABLE names."""
    length = math.hypot(*numbers)
    if not 0 < length < math.inf or len(numbers) > MOST_DIMENSIONS:
        raise ValueError
    return tuple(number / length for number in numbers)
