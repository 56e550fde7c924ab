"""Text as phrases are looked for in it: words alone, in one case, without accents."""

import unicodedata
from functools import lru_cache

import regex

from bot.knowledge.words import SPACELESS, fold

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# Accents of Latin letters, and what Arabic sets on its Alif: often left out.
ACCENTS = regex.compile("[\u0300-\u036f\u0653-\u0655]")


@lru_cache(maxsize=64)  # a message is looked through for several things, and twice
def plain(text: str) -> str:
    """Return the words of a text with one blank between; signs and accents are gone."""
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", fold(text)))
    return " ".join(map(str, WORD.findall(unicodedata.normalize("NFC", bare))))


def contains(said: str, phrase: str) -> bool:
    """Tell whether plain text has a plain phrase in it, as whole words.

    Where a script has no blanks between words, anywhere.
    """
    letter = rf"[\p{{L}}\p{{M}}\p{{N}}--{SPACELESS}]"
    whole = rf"(?<!{letter}){regex.escape(phrase)}(?!{letter})"
    return regex.search(whole, said, regex.VERSION1) is not None
