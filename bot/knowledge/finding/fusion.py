"""One order from two searches: by words, and by meaning.

Ranks alone can't be mixed: for a question in another language than the texts, words
find at random, and would push down what meaning found. How much of the question the
best hit's words cover tells whether words can match at all; that is their weight.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

# So deep is each search; a cosine as low as that of this rank counts as 0.
DEPTH, GROUND = 50, 30
# Of words, where they match fully; below the lower share they count for nothing. Chosen
# on the FAQ, Cranfield and English; judged on German and Chinese.
MOST_WEIGHT = 0.6
NO_MATCH, FULL_MATCH = 0.3, 0.5


class WordHit(Protocol):
    """A chunk that words found: BM25's score, and its share of the question's idf."""

    @property
    def chunk_id(self) -> int: ...  # noqa: D102
    @property
    def score(self) -> float: ...  # noqa: D102
    @property
    def share(self) -> float: ...  # noqa: D102


def match_of(hits: Sequence[WordHit], full: float = FULL_MATCH) -> float:
    """Return how far words can match, 0 to 1; `hits` are the best first."""
    share = hits[0].share if hits else 0.0
    return min(1.0, max(0.0, (share - NO_MATCH) / (full - NO_MATCH)))


def fuse(hits: Sequence[WordHit], cosines: Mapping[int, float]) -> dict[int, float]:
    """Return scores by chunk, 0 to 1, the best first.

    `cosines` are of the nearest chunks and, where they have vectors, of the `hits`.
    """
    by_words = _scale({hit.chunk_id: hit.score for hit in hits}, 0.0)
    if not cosines:
        match = hits[0].share if hits else 0.0
        return {chunk_id: score * match for chunk_id, score in by_words.items()}
    weight = MOST_WEIGHT * match_of(hits)
    nearest = sorted(cosines.values(), reverse=True)[:GROUND]
    by_meaning = _scale(cosines, nearest[-1])
    # What came in just now has no vector yet: its words stand for both.
    for hit in hits:
        by_meaning.setdefault(hit.chunk_id, by_words[hit.chunk_id] * hit.share)
    scores = {
        chunk_id: (1 - weight) * meaning + weight * by_words.get(chunk_id, 0.0)
        for chunk_id, meaning in by_meaning.items()
    }
    return dict(sorted(scores.items(), key=lambda scored: -scored[1]))


def _scale(scores: Mapping[int, float], least: float) -> dict[int, float]:
    """Return scores between 0, for `least`, and 1, for the best."""
    most = max(scores.values(), default=least)
    if most <= least:
        return dict.fromkeys(scores, 1.0)
    return {
        key: max(0.0, score - least) / (most - least) for key, score in scores.items()
    }
