"""The bytes of what people send: as small as they get, and real."""

import io
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from docx import Document

from tests.bot.knowledge.reading.pdf_files import lines, pdf
from tests.bot.media.senses.pictures import drawn, png
from tests.bot.media.senses.sounds import BREAD, silence

MANY_BYTES = 16 * 1024 * 1024 + 1
# What a stand-in is asked about, so that no two notes are the same.
_numbers = count(1)


def voice_note(told: Any) -> bytes:
    """Return a recording; what the stand-in hears in it is told apart."""
    if told == "silence":
        return silence(2)
    if told == "broken":
        return b"\0\1\2 this is no sound"
    if told == "too large":
        return bytes(MANY_BYTES)
    real = BREAD.read_bytes()
    # A comment behind the sound makes it another one.
    return real if told == "bread" else real + b"\0" * next(_numbers)


def picture(told: Any) -> bytes:
    """Return a picture: blank, or with words drawn into it."""
    if told == "broken":
        return b"\x89PNG\r\n\x1a\n and no more"
    if told == "blank":
        return png(40 + next(_numbers), 40)
    return drawn(*str(told).splitlines())


def document(told: Any) -> bytes:
    """Return a file, such as {pdf: its words}."""
    if told == "empty":
        return b""
    ((kind, words),) = told.items()
    return FILES[kind](str(words))


def card(told: Mapping[str, str]) -> bytes:
    """Return a contact card."""
    name, number = told.get("name", ""), told.get("number", "")
    told_lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"TEL:{number}"]
    return "\r\n".join([*told_lines, "END:VCARD", ""]).encode()


def _pdf(words: str) -> bytes:
    return pdf(lines(60, 720, words.splitlines()))


def _locked(words: str) -> bytes:
    return pdf(lines(60, 720, words.splitlines()), encrypted=True)


def _word(words: str) -> bytes:
    made, written = io.BytesIO(), Document()
    for line in words.splitlines():
        written.add_paragraph(line)
    written.save(made)
    return made.getvalue()


FILES: dict[str, Callable[[str], bytes]] = {
    "pdf": _pdf,
    "locked": _locked,
    "word": _word,
    "text": str.encode,
}
