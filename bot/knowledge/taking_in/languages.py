"""In which language a text is: by its script, and by its commonest words.

Lists of our own, not the database's stop words: these tell languages apart that no
stemmer is known for, and are the same beside every server.
"""

from collections import Counter
from collections.abc import Mapping

import regex

from bot.knowledge.taking_in.commonest_words import COMMONEST_WORDS
from bot.knowledge.words import fold

# As much as tells; the rest of a long document says no more.
MOST_CHARACTERS = 20_000
# Of the words of prose, every third is among the commonest; in lists of names few are.
LEAST_SHARE = 0.08
LEAST_WORDS = 3
LEAST_LEAD = 1.25
# Scripts of one language; Japanese writes Han too, so its own come first.
SCRIPTS = {
    "ko": r"\p{Hangul}", "ja": r"[\p{Hiragana}\p{Katakana}]", "zh": r"\p{Han}",
    "th": r"\p{Thai}", "lo": r"\p{Lao}", "km": r"\p{Khmer}", "my": r"\p{Myanmar}",
    "el": r"\p{Greek}", "hy": r"\p{Armenian}", "ka": r"\p{Georgian}",
    "bn": r"\p{Bengali}", "ta": r"\p{Tamil}", "te": r"\p{Telugu}",
    "kn": r"\p{Kannada}", "ml": r"\p{Malayalam}", "gu": r"\p{Gujarati}",
    "pa": r"\p{Gurmukhi}", "si": r"\p{Sinhala}", "am": r"\p{Ethiopic}",
}  # fmt: skip
# A Japanese text has Han beside; a Chinese one has hardly any of Japan's own.
LEAST_KANA = 0.05
Commonest = Mapping[str, frozenset[str]]
COMMONEST: Mapping[str, Commonest] = {
    script: {
        language: frozenset(fold(words).split()) for language, words in lists.items()
    }
    for script, lists in COMMONEST_WORDS.items()
}
LETTERS = regex.compile(r"[\p{L}\p{M}]+")
LETTER = regex.compile(r"\p{L}")


def find_language(text: str) -> str | None:
    """Return a text's ISO 639-1 code; None where that is not sure enough."""
    folded = fold(text[:MOST_CHARACTERS])
    letters = len(LETTER.findall(folded))
    if not letters:
        return None
    kana = len(regex.findall(SCRIPTS["ja"], folded))
    han = len(regex.findall(SCRIPTS["zh"], folded))
    if kana + han > letters / 3:
        return "ja" if kana > LEAST_KANA * (kana + han) else "zh"
    for language, script in SCRIPTS.items():
        if len(regex.findall(script, folded)) > letters / 2:
            return language
    return _find_by_words(folded, letters)


def _find_by_words(folded: str, letters: int) -> str | None:
    for script, commonest in COMMONEST.items():
        if len(regex.findall(rf"(?=\p{{L}}){script}", folded)) > letters / 2:
            return _find_commonest(LETTERS.findall(folded), commonest)
    return None


def _find_commonest(words: list[str], commonest: Commonest) -> str | None:
    """Return the language whose commonest words are by far the most here.

    A word that several languages have counts for each of them, but less.
    """
    counted = Counter(words)
    points: dict[str, float] = {}
    seen: Counter[str] = Counter()
    for word, many in counted.items():
        having = [language for language, own in commonest.items() if word in own]
        for language in having:
            points[language] = points.get(language, 0) + many / len(having)
            seen[language] += many
    first, *others = sorted(points, key=lambda language: -points[language]) or [""]
    enough = seen[first] >= max(LEAST_WORDS, LEAST_SHARE * len(words))
    ahead = all(points[first] >= LEAST_LEAD * points[other] for other in others[:1])
    return first if enough and ahead else None
