"""From text to the words that it is found by, in any script.

What is written together also counts in its parts, so that AB-123, AB123 and AB 123 find
each other. Scripts without spaces between words are cut into pairs of characters.
"""

import unicodedata
from collections.abc import Iterator

import regex

LONGEST_WORD = 48
# More parts than a SKU, a date, an address of a page or a doubled name has.
MOST_PARTS = 5
# The long vowel sign of Katakana belongs to no script. Korean has spaces, but writes
# its particles onto the words, and PostgreSQL knows no stems of it.
SPACELESS = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}"
    r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
# A letter with the marks that belong to it: Hindi's vowel signs are marks.
PART = regex.compile(rf"{SPACELESS}+|[0-9]+|[\p{{L}}\p{{N}}--{SPACELESS}--[0-9]]"
                     rf"[\p{{L}}\p{{M}}\p{{N}}--{SPACELESS}--[0-9]]*",
                     regex.VERSION1)  # fmt: skip
AMOUNT = r"[0-9]++(?:[.,'][0-9]++)+"
TOGETHER = regex.compile(
    rf"(?P<amount>{AMOUNT})|[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}\p{{M}}]*"
    r"(?:[-_./@&+\u2010\u2011][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*"
)
PAIRED = regex.compile(SPACELESS)
DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.VERSION1)
# A break that is not seen, and what is not seen and breaks nothing. The dot is what
# folding leaves of a Turkish capital; Arabic is searched without its short vowels.
BREAK = regex.compile("\u200b")
UNSEEN = regex.compile("[\\p{Cf}\u0307\u0640\u064b-\u0652\u0670\ufe00-\ufe0f]")


def split_words(text: str) -> list[str]:
    """Return the words of a text in their order, folded."""
    return list(_words(fold(text)))


def words_to_find(title: str, heading: str | None, text: str) -> tuple[str, ...]:
    """Return what a chunk is found by: the words of its title, headings and text."""
    return tuple(split_words("\n".join((title, heading or "", text))))


def fold(text: str) -> str:
    """Return a text as it is compared: case, width, digits and marks all one way."""
    compatible = unicodedata.normalize("NFKC", BREAK.sub(" ", text))
    folded = unicodedata.normalize("NFKC", compatible.casefold())
    plain: str = UNSEEN.sub("", folded).replace("\u2019", "'")
    return str(DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), plain))


def _words(folded: str) -> Iterator[str]:
    for match in TOGETHER.finditer(folded):
        if match["amount"]:
            yield from _amount(match[0])
        else:
            yield from _parts(PART.findall(match[0]))


def _parts(parts: list[str]) -> Iterator[str]:
    """Yield the parts of what is written together, and then all of it."""
    for part in parts:
        yield from _pairs(part) if PAIRED.match(part) else [_shortened(part)]
    together = "".join(parts)
    if 1 < len(parts) <= MOST_PARTS and not PAIRED.search(together):
        yield together[:LONGEST_WORD]


def _shortened(part: str) -> str:
    """Return a part; a number without zeros before it."""
    digits = part.lstrip("0") or "0" if part.isascii() and part.isdigit() else part
    return digits[:LONGEST_WORD]


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for index in range(len(run) - 1):
        yield run[index : index + 2]


def _amount(written: str) -> Iterator[str]:
    """Yield a number as one word however it is written: 1,299.50 and 1.299,5.

    Three digits after a single separator are thousands. What is no number, such as a
    date or a version, is yielded in its parts.
    """
    groups = regex.split("[.,']", written)
    marks = regex.findall("[.,']", written)
    last_differs = len(marks) > 1 and marks[-1] not in marks[:-1]
    thousands = groups[1:-1] if last_differs else groups[1:]
    if len(set(marks[:-1])) > 1 or any(len(group) != 3 for group in thousands):
        yield from _decimal(*groups) if len(groups) == 2 else _parts(groups)
    elif last_differs:
        yield from _decimal("".join(groups[:-1]), groups[-1])
    elif groups[0] == "0":
        yield from _decimal(*groups) if len(groups) == 2 else _parts(groups)
    else:
        yield "".join(groups)[:LONGEST_WORD]


def _decimal(whole: str, fraction: str) -> Iterator[str]:
    rest = fraction.rstrip("0")
    number = _shortened(whole)
    yield f"{number}.{rest}"[:LONGEST_WORD] if rest else number
