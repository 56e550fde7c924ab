"""Finding passages: by words, and by meaning where there are embeddings."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from bot.knowledge.finding.confidence import measure
from bot.knowledge.finding.fusion import DEPTH, WordHit, fuse
from bot.knowledge.protocol import Question
from bot.knowledge.words import split_words
from bot.llm.embeddings import Embeddings
from bot.llm.protocol import LLMError
from db.records import Found, Near, Passage

log = logging.getLogger(__name__)

MOST_PASSAGES = 8
# As prompts are measured: three bytes a token, on the safe side of what models count.
BYTES_OF_A_TOKEN = 3
# A server of embeddings that takes longer is done without: words answer in time.
EMBEDDING_SECONDS = 1.5
# How long it is not asked anew whose vectors serve.
SERVING_SECONDS = 60.0


class VectorSearch(Protocol):
    """Searches vectors (db.knowledge.vectors)."""

    def find_serving(self, wanted: str, /) -> str | None:
        """Return the model whose vectors are searched; None where there are none."""

    def find(
        self, near: Near, limit: int, others: Sequence[int], /
    ) -> dict[int, float]:
        """Return the cosines of the nearest chunks, and of those in `others`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What retrieval asks of the store; nothing shows what a person may not see.

    `whole(user_id, most_bytes)` is all that there is, or None where that is more.
    `words(words, user_id)` are the chunks that words find, the best first; `load` gives
    the passages of chunks in their order; `terms` what a question's gap is grouped by.
    """

    whole: Callable[[UUID, int], Sequence[Passage] | None]
    words: Callable[[Sequence[str], UUID], Sequence[WordHit]]
    load: Callable[[Sequence[int], UUID], Sequence[Passage]]
    vectors: VectorSearch
    terms: Callable[[Sequence[str], UUID], Sequence[str]] = lambda words, _: words


@dataclass(frozen=True, slots=True)
class Ranked:
    """Chunks by their scores, 0 to 1, the best first; how sure it is, if known."""

    scores: Mapping[int, float]
    confidence: float | None


class Retrieval:
    """Answers `find`; safe to call from many threads.

    `to_query` makes what is searched for of a question and the turns before it.
    """

    def __init__(
        self,
        shelf: Shelf,
        embeddings: Embeddings | None,
        to_query: Callable[[Question], str] = lambda question: question.text,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._embeddings = embeddings
        self._to_query = to_query
        self._clock = clock
        self._serving: tuple[float, str | None] = (float("-inf"), None)

    def find(self, question: Question, seconds: float) -> Found:
        """Return what is known about a question, within `seconds`. Never raises."""
        try:
            return self._find(question, self._clock() + seconds)
        except Exception:
            log.exception("knowledge could not be searched")
            return Found()

    def rank(self, query: str, user_id: UUID, deadline: float) -> Ranked:
        """Return the best chunks for a query, as far as they are known by then."""
        hits = self._shelf.words(split_words(query), user_id)[:DEPTH]
        cosines = self._find_by_meaning(query, user_id, hits, deadline)
        scores = fuse(hits, cosines)
        confidence = measure(hits, cosines, next(iter(scores))) if scores else 0.0
        return Ranked(scores, confidence)

    def _find(self, question: Question, deadline: float) -> Found:
        most_bytes = question.most_tokens * BYTES_OF_A_TOKEN
        query = self._to_query(question)
        terms = tuple(self._shelf.terms(split_words(query), question.user_id))
        whole = self._shelf.whole(question.user_id, most_bytes)
        if whole is not None:
            return Found(passages=tuple(whole), is_whole=bool(whole), terms=terms)
        ranked = self.rank(query, question.user_id, deadline)
        best = list(ranked.scores)[:MOST_PASSAGES]
        passages = [
            replace(passage, score=ranked.scores[passage.chunk_id])
            for passage in self._shelf.load(best, question.user_id)
        ]
        fitting = tuple(_fit(passages, most_bytes))
        return Found(passages=fitting, confidence=ranked.confidence, terms=terms)

    def _find_by_meaning(
        self, query: str, user_id: UUID, hits: Sequence[WordHit], deadline: float
    ) -> Mapping[int, float]:
        """Return cosines by chunk; none where embeddings are away, or late."""
        if self._embeddings is None:
            return {}
        try:
            model = self._find_model(self._embeddings.model)
            if model is None:
                return {}
            seconds = min(EMBEDDING_SECONDS, (deadline - self._clock()) / 2)
            vector = self._embeddings.embed_question(query, seconds, model)
            near = Near(vector, model, user_id)
            others = [hit.chunk_id for hit in hits]
            return self._shelf.vectors.find(near, DEPTH, others)
        except LLMError as error:
            log.warning("passages are found by words alone: %s", error)
        except Exception:
            log.exception("passages are found by words alone")
        return {}

    def _find_model(self, wanted: str) -> str | None:
        looked_at, model = self._serving
        if model is None or self._clock() - looked_at > SERVING_SECONDS:
            model = self._shelf.vectors.find_serving(wanted)
            self._serving = (self._clock(), model)
        return model


def _fit(passages: Sequence[Passage], most_bytes: int) -> Iterator[Passage]:
    """Yield the first passages that have room together, and the first one anyhow."""
    left = most_bytes
    for place, passage in enumerate(passages):
        left -= len(passage.text.encode())
        if left < 0 and place:
            return
        yield passage
