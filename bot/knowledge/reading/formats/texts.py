"""Text as it comes: bytes to characters, and what is no character out of it."""

import codecs
import re
from collections.abc import Sequence

from bot.knowledge.reading.nouns import UnreadableError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does: before it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of text without a byte order mark in UTF-16, about every other byte is 0.
LOOKED_AT = 4096
MOST_NULS = 0.25
MOST_FOREIGN = 0.3
# Signs that no text has, by which other files are known.
CONTROLS = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MOST_CONTROLS = 0.01
# Left out: controls but tabs and line ends, halves of characters, what is no character.
UNSEEN = re.compile(
    r"[\0-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ufffe\uffff"
    r"\ud800-\udfff]"
)
BLANKS = re.compile(r"\s+")


def decode(content: bytes, told: Sequence[str | None] = ()) -> str:
    """Return the text of a file in any usual encoding; a line ends as Unix has it.

    `told` are the encodings that are said to be its own, the likeliest first. Raises
    UnreadableError where it is no text, or its encoding can't be known.
    """
    text = _decoded(content, told)
    if len(CONTROLS.findall(text)) > MOST_CONTROLS * len(text):
        raise UnreadableError(
            "this is no text, nor any document that can be read: save it as PDF, DOCX, "
            "XLSX, CSV, HTML, Markdown or text",
            "foreign",
        )
    ended = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return UNSEEN.sub("", ended)


def squeeze(text: str) -> str:
    """Return a text on one line, without what can't be seen."""
    return BLANKS.sub(" ", UNSEEN.sub("", text)).strip()


def _decoded(content: bytes, told: Sequence[str | None]) -> str:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    for guess in (_find_wide(content[:LOOKED_AT]), "utf-8", *told):
        if (text := _try(content, guess)) is not None:
            return text
    if _is_foreign(content):
        raise UnreadableError(
            "the letters of the file can't be told (it is not in UTF-8): save it as "
            "UTF-8, and add that file"
        )
    western = _try(content, "cp1252")
    return content.decode("latin-1") if western is None else western


def _try(content: bytes, encoding: str | None) -> str | None:
    try:
        return content.decode(encoding) if encoding else None
    except (UnicodeError, LookupError):
        return None


def _find_wide(begin: bytes) -> str | None:
    """Return UTF-16's name where the zeros lie as in its Latin text."""
    even, odd = begin[::2].count(0), begin[1::2].count(0)
    if max(even, odd) <= MOST_NULS * len(begin):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_foreign(content: bytes) -> bool:
    """Tell whether most letters are outside ASCII: no Western text is so."""
    high = sum(byte > 0x7F for byte in content[:LOOKED_AT])
    letters = sum(chr(byte).isalpha() for byte in content[:LOOKED_AT] if byte < 0x80)
    return high > MOST_FOREIGN * (high + letters)
