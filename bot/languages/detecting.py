"""Which language of ours a short message is written in, if it shows.

Alphabets first, then the words that everybody uses, and a detector's opinion beside
them: it knows longer messages well, and takes "hola" for Indonesian.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import regex

from bot.languages.names import LANGUAGES
from bot.languages.words import OTHER, WORDS

if TYPE_CHECKING:
    from lingua import LanguageDetector

WORD = regex.compile(r"[\p{L}\p{M}]+(?:['\u2019-][\p{L}\p{M}]+)*['\u2019]?")
ADDRESS = regex.compile(r"\S*(?:://|@|www\.)\S*|[#/]\S+")
# An order's number, a product's: two words of Portuguese would stand in "DE4E24".
CODE = regex.compile(r"(?<![\p{L}\p{M}-])[\p{L}\p{M}-]*+\p{N}[\p{L}\p{M}\p{N}-]*+")
LATIN, DEVANAGARI = regex.compile(r"\p{Latin}"), regex.compile(r"\p{Devanagari}")
ARABIC = regex.compile(r"\p{Arabic}")
# Of Persian, Urdu and others that are written in Arabic's letters, and not of Arabic.
NOT_ARABIC = regex.compile(
    "[\u067e\u0679\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06cc\u06d2]"
)
# Words for the bot that everybody writes in English.
COMMANDS = frozenset({"stop", "start", "unstop", "help"})
# Beside ours, so that what is written in them is not taken for ours.
OTHERS = ("ITALIAN", "DUTCH", "TURKISH")
# A detector alone is believed where it says so much of so many words: names are none.
SURE, SURE_WORDS = 0.65, 2
# What a known word weighs beside the detector's opinion, which is 1 in all.
WEIGHT = 1.0


@lru_cache(maxsize=64)  # the same text is asked about before an answer and after it
def detect(text: str) -> str | None:
    """Return the language of ours that a text is in; None: none, or it does not show.

    Safe in many threads. The detector is loaded by the first text that needs it.
    """
    bare = ADDRESS.sub(" ", text)
    letters = len(LATIN.findall(bare))
    for script, language in ((DEVANAGARI, "hi"), (ARABIC, "ar")):
        if len(script.findall(bare)) > letters:
            is_other = language == "ar" and NOT_ARABIC.search(bare)
            return None if is_other else language
    return _of_latin(CODE.sub(" ", bare)) if letters > 1 else None


def _of_latin(text: str) -> str | None:
    said = WORD.findall(text.casefold().replace("\u2019", "'"))
    words = [word for word in said if word not in COMMANDS]
    if not words:
        return None
    known = _known(words)
    if clear := _find_clear(known):
        return None if clear == OTHER else clear
    opinion = _opinion(text)
    scores = {
        language: opinion.get(language, 0) + WEIGHT * known.get(language, 0)
        for language in (*LANGUAGES, OTHER)
    }
    best = max(scores, key=lambda language: scores[language])
    is_sure = len(words) >= SURE_WORDS and opinion.get(best, 0) >= SURE
    shows = best != OTHER and (known.get(best) or is_sure)
    return best if shows else None


def _find_clear(known: Mapping[str, int]) -> str | None:
    """Return the language that no opinion could change: most sentences have one.

    An opinion is 1 in all, so it makes up for one word and no more; asking for it costs
    more than all else here together.
    """
    ranked = sorted(known.items(), key=lambda each: each[1], reverse=True)
    (best, most), (_, next_most) = [*ranked, ("", 0), ("", 0)][:2]
    return best if WEIGHT * (most - next_most) > 1 else None


def _known(words: list[str]) -> Mapping[str, int]:
    """Return how many of the words each language has."""
    found: dict[str, int] = {}
    for word in words:
        for language in _languages_by_word().get(word, ()):
            found[language] = found.get(language, 0) + 1
    return found


def _opinion(text: str) -> Mapping[str, float]:
    """Return the detector's opinion: 1 in all, over ours and others together."""
    found: dict[str, float] = {}
    for each in _detector().compute_language_confidence_values(text):
        code = each.language.iso_code_639_1.name.lower()
        language = code if code in LANGUAGES else OTHER
        found[language] = found.get(language, 0) + each.value
    return found


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    by_word: dict[str, tuple[str, ...]] = {}
    for language, words in WORDS.items():
        for word in dict.fromkeys(words.split()):
            by_word[word] = (*by_word.get(word, ()), language)
    return by_word


@cache
def _detector() -> "LanguageDetector":
    """Return the detector in its small mode: the large one takes 150 MB more."""
    from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415  (large)

    ours = (getattr(Language, name.upper()) for name, _ in LANGUAGES.values())
    others = (getattr(Language, name) for name in OTHERS)
    builder = LanguageDetectorBuilder.from_languages(*ours, *others)
    return builder.with_low_accuracy_mode().build()
