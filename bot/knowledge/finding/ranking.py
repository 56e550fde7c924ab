"""BM25 over a few texts at hand, as db.knowledge.search has it for all documents."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# How soon more of a word tells nothing new, and how much a text's length counts.
K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Rated:
    """How well a text fits, 0 to 1, and how much of what was asked stands in it."""

    score: float
    share: float


NOTHING = Rated(0.0, 0.0)


def rate(texts: Sequence[Counter[str]], asked: Mapping[str, float]) -> list[Rated]:
    """Return how well each text, given as its counted terms, fits what was asked.

    `asked` are terms with their weights. Rare terms tell more; one that stands nowhere
    tells as much as one that stands once: a few texts don't show how rare it is.
    """
    idfs = {term: _idf(term, texts) * weight for term, weight in asked.items()}
    total = sum(idfs.values())
    if not texts or not total:
        return [NOTHING for _ in texts]
    lengths = [length for text in texts if (length := text.total())]
    mean = sum(lengths) / len(lengths) if lengths else 1.0
    scores = [_score(text, idfs, mean) for text in texts]
    best = max(scores) or 1.0
    shares = [sum(idf for term, idf in idfs.items() if t[term]) for t in texts]
    return [
        Rated(score / best * (share / total), share / total)
        for score, share in zip(scores, shares, strict=True)
    ]


def _idf(term: str, texts: Sequence[Counter[str]]) -> float:
    seen = max(sum(1 for text in texts if text[term]), 1)
    return math.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))


def _score(text: Counter[str], idfs: Mapping[str, float], mean: float) -> float:
    lengthy = K1 * (1 - B + B * text.total() / mean)
    counted = ((idf, text[term]) for term, idf in idfs.items())
    return sum(idf * (K1 + 1) * seen / (seen + lengthy) for idf, seen in counted)
