"""Finding passages: by words, and by meaning where there are embeddings."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from bot.knowledge.finding.confidence import measure
from bot.knowledge.finding.followup import LAST_TURNS, find_earlier_words
from bot.knowledge.finding.fusion import DEPTH, WordHit, fuse
from bot.knowledge.protocol import Question
from bot.knowledge.small_talk import asks_for_nothing
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
PRODUCT_SECONDS = 1.0
# How sure it is that a product within the price that was asked for tells the answer.
IN_RANGE = 0.8
# A short question whose words stand nowhere is one by itself from this confidence on.
STANDS_ALONE = 0.25
LONGEST_EARLIER = 300  # of a turn, searched by meaning with what leans on it
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


WordsFound = tuple[Sequence[str], Sequence[WordHit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What retrieval asks of the store; nothing shows what a person may not see.

    `whole(user_id, most_bytes)` is all that there is, or None where that is more.
    `words(words, earlier, user_id)` are the question's stems, and the chunks that its
    words find, the best first; `products(text, user_id, seconds)` those that it asks
    for by price or stock, with scores; `load` gives the passages of chunks in their
    order.
    """

    whole: Callable[[UUID, int], Sequence[Passage] | None]
    words: Callable[[Sequence[str], Sequence[str], UUID], WordsFound]
    load: Callable[[Sequence[int], UUID], Sequence[Passage]]
    vectors: VectorSearch
    products: Callable[[str, UUID, float], Sequence[tuple[int, float]]] = (
        lambda _text, _user_id, _seconds: ()
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """Chunks by their scores, 0 to 1, the best first, and how sure that is.

    `terms` are the question's stems: what a gap is grouped by.
    """

    scores: Mapping[int, float]
    confidence: float
    terms: tuple[str, ...] = ()


class Retrieval:
    """Answers `find`; safe to call from many threads."""

    def __init__(
        self,
        shelf: Shelf,
        embeddings: Embeddings | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._embeddings = embeddings
        self._clock = clock
        self._serving: tuple[float, str | None] = (float("-inf"), None)

    def find(self, question: Question, seconds: float, /) -> Found:
        """Return what is known about a question; a server has `seconds`. Never raises.

        Thanks and greetings find nothing: no passages are due. Nor does a search that
        fails; then the confidence is 0.
        """
        if not question.has_documents or asks_for_nothing(question.text):
            return Found()
        try:
            return self._find(question, self._clock() + seconds)
        except Exception:
            log.exception("knowledge could not be searched")
            return Found(confidence=0.0)  # or the LLM would answer from nothing

    def rank(
        self,
        text: str,
        user_id: UUID,
        deadline: float,
        earlier: tuple[str, ...] = (),
    ) -> Ranked:
        """Return the best chunks for a question, as far as they are known by then.

        A short one is searched with the turns before it, `earlier`, oldest first.
        """
        terms, alone, leaned = self._find_by_words(text, user_id, earlier)
        ranked = Ranked({}, 0.0)
        if not leaned or not alone:
            ranked = self._weigh(text, alone, user_id, deadline)
        if leaned and ranked.confidence < STANDS_ALONE:
            before = (turn[:LONGEST_EARLIER] for turn in earlier[-LAST_TURNS:])
            query = "\n".join((*before, text))
            ranked = self._weigh(query, leaned, user_id, deadline)
        return self._with_products(replace(ranked, terms=tuple(terms)), text, user_id)

    def _weigh(
        self, query: str, found: Sequence[WordHit], user_id: UUID, deadline: float
    ) -> Ranked:
        """Return what words found, in one order with what meaning finds."""
        hits = found[:DEPTH]
        cosines = self._find_by_meaning(query, user_id, hits, deadline)
        scores = fuse(hits, cosines)
        sure = measure(hits, cosines, next(iter(scores))) if scores else 0.0
        return Ranked(scores, sure)

    def _find(self, question: Question, deadline: float) -> Found:
        user_id, most_bytes = question.user_id, question.most_tokens * BYTES_OF_A_TOKEN
        whole = self._shelf.whole(user_id, most_bytes)
        if whole is not None and not whole:
            return Found()
        ranked = self.rank(question.text, user_id, deadline, question.earlier)
        best = list(ranked.scores)[:MOST_PASSAGES]
        loaded = self._shelf.load(best, user_id) if whole is None else whole
        passages = [
            replace(passage, score=ranked.scores.get(passage.chunk_id, 0.0))
            for passage in loaded
        ]
        return Found(
            passages=tuple(passages if whole else _fit(passages, most_bytes)),
            is_whole=bool(whole),
            confidence=ranked.confidence,
            terms=ranked.terms,
        )

    def _with_products(self, ranked: Ranked, text: str, user_id: UUID) -> Ranked:
        """Put the products that are asked for by price or stock first."""
        try:
            asked = dict(self._shelf.products(text, user_id, PRODUCT_SECONDS))
        except Exception:
            log.exception("products are found by words alone")
            return ranked
        if not asked:
            return ranked
        scores = {**asked, **{k: v for k, v in ranked.scores.items() if k not in asked}}
        return Ranked(scores, max(ranked.confidence, IN_RANGE), ranked.terms)

    def _find_by_words(
        self, text: str, user_id: UUID, earlier: tuple[str, ...]
    ) -> tuple[Sequence[str], Sequence[WordHit], Sequence[WordHit]]:
        """Return a question's terms, what they find, and what it finds leaning.

        The last is empty where it stands by itself: it is long, or what is found with
        earlier words holds none of its own, though some are known. "How can I pay?"
        after a talk of bread asks for no bread.
        """
        words, leaned_on = split_words(text), find_earlier_words(text, earlier)
        terms, alone = self._shelf.words(words, (), user_id)
        if not leaned_on:
            return terms, alone, ()
        their_terms, leaned = self._shelf.words(words, leaned_on, user_id)
        its_own = {hit.chunk_id for hit in alone}
        if leaned and alone and leaned[0].chunk_id not in its_own:
            return terms, alone, ()
        return terms or their_terms, alone, leaned

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
