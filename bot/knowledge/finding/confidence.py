"""How sure it is that what was found tells the answer.

No cosine means the same in two languages, or in two models. So it is measured against
the question's own: how far the nearest chunk stands out of those behind it. Where words
can match, how much of the question they cover counts as well. The weights were fitted
on English and Spanish and judged on others (docs/measurements.md).
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

from bot.knowledge.finding.fusion import DEPTH, WordHit, match_of

# The nearest; what comes behind is the corpus's own ground.
NEAR = 10
# The weights were fitted with this one; an order may trust words sooner.
FULL_MATCH = 0.6
# With fewer there is nothing to stand out of.
LEAST = 3


def measure(hits: Sequence[WordHit], cosines: Mapping[int, float], best: int) -> float:
    """Return the confidence in what was found, 0 to 1; `best` is the first chunk."""
    nearest = sorted(cosines.values(), reverse=True)[:DEPTH]
    if (len(nearest) <= NEAR and hits) or len(nearest) < LEAST:
        return _of_words(hits) if hits else 0.0
    ground = nearest[NEAR:] or nearest[LEAST - 1 :]
    lead = nearest[0] - fmean(ground)
    margin = nearest[0] - nearest[1]
    share = next((hit.share for hit in hits if hit.chunk_id == best), 0.0)
    with_words = _logistic(19.9 * lead + 48.1 * margin + 8.68 * share - 6.19)
    without = _logistic(52.6 * lead + 46.7 * margin - 4.58)
    match = match_of(hits, FULL_MATCH)
    return match * with_words + (1 - match) * without


def _of_words(hits: Sequence[WordHit]) -> float:
    first = hits[0]
    behind = hits[1].score if len(hits) > 1 else 0.0
    margin = (first.score - behind) / first.score if first.score > 0 else 0.0
    return _logistic(10.9 * first.share + 3.96 * margin - 6.31)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
