"""BM25 over a few texts."""

from collections import Counter

from bot.knowledge.finding.ranking import NOTHING, rate

TEXTS = [
    Counter(words.split())
    for words in (
        "notice three months contract",
        "rent euro month contract contract",
        "notice many other words stand beside it in this contract",
    )
]


def test_rare_words_tell_more_and_long_texts_less() -> None:
    short, other, long = rate(TEXTS, {"notice": 1.0, "contract": 1.0})
    assert short.score > long.score > other.score > 0
    assert short.share == long.share > other.share


def test_what_stands_nowhere_counts_against_every_text() -> None:
    found = rate(TEXTS, {"notice": 1.0, "garden": 1.0})
    assert found[1] == NOTHING
    assert 0 < found[0].share < 0.6
    assert rate(TEXTS, {}) == [NOTHING] * 3
    assert rate([], {"notice": 1.0}) == []


def test_words_from_before_count_less() -> None:
    notice, rent, _ = rate(TEXTS, {"rent": 1.0, "three": 0.4})
    assert rent.score > notice.score > 0
