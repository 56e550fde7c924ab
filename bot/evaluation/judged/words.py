"""Whether an answer has words, a pattern, a number, or says the same as another."""

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

import regex

from bot.chat.sources.numbers import Kind, Number, read_numbers
from bot.chat.sources.spelled import spelled_numbers
from bot.knowledge.words import fold

# An operator's pattern may be one that never ends.
PATTERN_SECONDS = 1.0
# So much of the same words in the same order is the same answer.
ALIKE = 0.9
MOST_COMPARED = 400
ACCENTS = regex.compile("[\u0300-\u036f]")
# What WhatsApp and Markdown write around words.
DRESS = regex.compile(r"[*_~`]+")
# Words of these are not set apart by blanks.
SPACELESS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
LETTER = r"[\p{L}\p{N}\p{M}]"
DIGITS_COMPARED = 7
# What a number of one kind may be written as.
WRITTEN_AS: dict[Kind, tuple[Kind, ...]] = {
    "money": ("money", "decimal"),
    "decimal": ("money", "decimal", "share"),
    "share": ("share",),
    "time": ("time",),
    "plain": ("plain", "money", "decimal", "share"),
}


def has_words(text: str, words: str) -> bool:
    """Tell whether a text has words, whole ones, however they are written."""
    wanted = plain(words)
    if not wanted:
        return False
    before = "" if SPACELESS.match(wanted[0]) else f"(?<!{LETTER})"
    behind = "" if SPACELESS.match(wanted[-1]) else f"(?!{LETTER})"
    return bool(regex.search(before + regex.escape(wanted) + behind, plain(text)))


def has_pattern(text: str, pattern: str) -> bool:
    """Tell whether a text has a pattern, in any case. Raises TimeoutError."""
    found = regex.search(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
    return found is not None


def has_number(text: str, written: str) -> bool:
    """Tell whether a text has a number: 4.20 €, 4,20 EUR and EUR 4.2 are one."""
    wanted = read_numbers(written)
    return any(_is_same(one, other) for one in wanted for other in _numbers(text))


def says_the_same(text: str, other: str) -> bool:
    """Tell whether two answers have nearly the same words in the same order."""
    ours, theirs = plain(text).split(), plain(other).split()
    if ours == theirs:
        return True
    pieces = (ours[:MOST_COMPARED], theirs[:MOST_COMPARED])
    return SequenceMatcher(None, *pieces, autojunk=False).ratio() >= ALIKE


def plain(text: str) -> str:
    """Return a text as it is compared: without case, accents, stars and breaks."""
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", fold(DRESS.sub("", text))))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _numbers(text: str) -> Iterator[Number]:
    yield from read_numbers(text)
    yield from spelled_numbers(text)


def _is_same(wanted: Number, said: Number) -> bool:
    if wanted.kind == "long":
        end = wanted.digits[-DIGITS_COMPARED:]
        return said.kind == "long" and end in said.digits
    if said.kind not in WRITTEN_AS[wanted.kind]:
        return False
    one_currency = wanted.currency == said.currency
    return (one_currency or not (wanted.currency and said.currency)) and (
        not wanted.values.isdisjoint(said.values)
    )
