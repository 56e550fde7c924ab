"""Making the vectors that chunks lack, in the background, a lot at a time."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from bot.llm.embeddings import MOST_TEXTS, Embeddings
from bot.llm.protocol import LLMError
from db.records import Missing, Vector

log = logging.getLogger(__name__)

# A machine that is busy with answers takes a second for a passage.
LOT_SECONDS = 60.0
# What is left over then, the next job makes: a minute later.
MOST_SECONDS = 300.0
# No text is refused on the word of a server that refuses this one, too.
PROBE = "bread"


class VectorStore(Protocol):
    """Where vectors are kept (db.knowledge.vectors)."""

    def find_missing(
        self, model: str, before: int | None, limit: int, /
    ) -> list[Missing]:
        """Return chunks without a vector of a model, the newest first."""

    def store(self, model: str, vectors: Mapping[int, Vector], /) -> None:
        """Store vectors by their chunks. Raises ValueError."""

    def refuse(self, model: str, ids: Sequence[int], /) -> None:
        """Note which chunks its server refuses: they are not asked for again."""

    def drop_others(self, model: str, /) -> int:
        """Drop other models' vectors once this one has no more to make."""


def embed_missing(
    store: VectorStore, embeddings: Embeddings, stopping: Callable[[], bool]
) -> int:
    """Make the vectors that the wanted model lacks; return how many were made.

    Each lot is stored at once: a crash loses one. A server that is away, or refuses any
    text, ends it until the next time; a text that it refuses is not asked for again.
    Bounded in time.
    """
    model, began = embeddings.model, time.monotonic()
    made, before = 0, None
    while not stopping() and time.monotonic() - began < MOST_SECONDS:
        lot = store.find_missing(model, before, MOST_TEXTS)
        if not lot:
            if before is None:
                store.drop_others(model)
            break
        before = lot[-1].id
        try:
            vectors = _embed(embeddings, lot)
            if not vectors:
                embeddings.embed_passages([PROBE], LOT_SECONDS, model)
            store.store(model, vectors)
            store.refuse(model, [m.id for m in lot if m.id not in vectors])
        except (LLMError, ValueError) as error:
            log.warning("vectors of documents wait: %s", error)
            break
        made += len(vectors)
    return made


def _embed(embeddings: Embeddings, lot: Sequence[Missing]) -> dict[int, Vector]:
    """Return vectors by their chunks, without what the server refuses."""
    texts = [missing.text for missing in lot]
    try:
        found = embeddings.embed_passages(texts, LOT_SECONDS, embeddings.model)
    except LLMError as error:
        if not error.permanent:
            raise
        if len(lot) == 1:
            log.warning("chunk %d gets no vector: %s", lot[0].id, error)
            return {}
        halves = lot[: len(lot) // 2], lot[len(lot) // 2 :]
        return _embed(embeddings, halves[0]) | _embed(embeddings, halves[1])
    return {missing.id: vector for missing, vector in zip(lot, found, strict=True)}
