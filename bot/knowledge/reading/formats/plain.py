"""Plain text: paragraphs, what looks like a heading, and lists."""

import re
from collections.abc import Iterator

from bot.knowledge.reading.formats.texts import decode, squeeze
from bot.knowledge.reading.nouns import Block, Draft

PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
UNDERLINE = re.compile(r"([=~*#-])\1{2,}")
MARK = re.compile(r"\s*[-*\u2022\u2023\u25e6\u2013]\s+")
BULLET = re.compile(r"\s*(?:[-*\u2022\u2023\u25e6\u2013]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")
SENTENCE_ENDS = (".", "!", "?", ";", ",", ":", "。", "؟", "।")
LONGEST_HEADING = 80
# A paragraph whose lines are as long as this on the mean was broken by a program.
BROKEN_AT = 50


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the blocks of a text file."""
    text = decode(content, [draft.charset])
    pieces = [piece for piece in PARAGRAPH.split(text.strip("\n")) if piece.strip()]
    for at, piece in enumerate(pieces):
        for block in _blocks_of(piece, is_last=at == len(pieces) - 1):
            if block.kind == "heading" and not draft.title and at == 0:
                draft.title = block.text
            yield block


def _blocks_of(piece: str, *, is_last: bool) -> Iterator[Block]:
    lines = [line for line in piece.split("\n") if line.strip()]
    if len(lines) > 1 and UNDERLINE.fullmatch(lines[1].strip()):
        level = 1 if lines[1].strip()[0] in "=*#" else 2
        yield Block("heading", squeeze(lines[0]), level)
        lines = lines[2:]
    elif len(lines) == 1 and not is_last and looks_like_heading(lines[0]):
        yield Block("heading", squeeze(lines[0]), 1 if lines[0].isupper() else 2)
        return
    lines = [line for line in lines if not UNDERLINE.fullmatch(line.strip())]
    yield from paragraphs_and_items(lines)


def looks_like_heading(line: str) -> bool:
    """Tell whether a line that stands alone may be a heading."""
    text = line.strip()
    if len(text) > LONGEST_HEADING or text.endswith(SENTENCE_ENDS):
        return False
    return not BULLET.match(line) and any(map(str.isalpha, text))


def paragraphs_and_items(lines: list[str]) -> Iterator[Block]:
    """Yield a paragraph's lines, lists among them item by item."""
    waiting: list[str] = []
    is_item = False
    for line in lines:
        if BULLET.match(line):
            yield from _joined(waiting, is_item=is_item)
            waiting, is_item = [], True
        elif is_item and waiting and not line[:1].isspace():
            yield from _joined(waiting, is_item=True)
            waiting, is_item = [], False
        waiting.append(line)
    yield from _joined(waiting, is_item=is_item)


def _joined(lines: list[str], *, is_item: bool) -> Iterator[Block]:
    shown = [text for line in lines if (text := squeeze(line))]
    if not shown:
        return
    is_broken = is_item or sum(map(len, shown)) >= BROKEN_AT * len(shown)
    text = (" " if is_broken else "\n").join(shown)
    text = MARK.sub("", text, count=1) if is_item else text
    yield Block("item" if is_item else "paragraph", text)
