"""Documents cut into chunks: each can be understood alone, and found for a question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import regex

from bot.knowledge.reading.nouns import Block, Reading
from bot.knowledge.words import split_words
from db.records import NewChunk

# A letter or digit with the marks that belong to it.
WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")
# Measured with BM25 on texts joined from 15 passages each, 900 words given to the LLM.
# Share of the passage that was asked for in what is given, at 60, 80, 110, 150 and 220
# words a chunk: Debian FAQ .52 .54 .57 .54 .53, Cranfield .53 .55 .61 .63 .65; at least
# a part of it is given: .75 .74 .68 .63 .59 and .88 .83 .80 .78 .74.
MOST_WORDS = 120
MOST_CHARACTERS = 1_000
# Of writing without blanks between words, two signs count as a word.
UNPARTED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
LONGEST_WORD = 200
MOST_CHUNKS = 20_000
LONGEST_HEADING = 300
BETWEEN_HEADINGS = " > "
SENTENCE_ENDS = re.compile(r"(?<=[.!?;])\s+|(?<=[\u3002\uff01\uff1f\u0964])|\n")


@dataclass(slots=True)
class _Section:
    """The blocks below one heading that are not yet cut."""

    headings: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)


def cut_into_chunks(reading: Reading, title: str) -> list[NewChunk]:
    """Return a document's chunks, in its order: along headings, paragraphs and rows.

    `title` is what the document is called. A chunk belongs to one heading, whose path
    stands in `heading`; its `words` are those of title, headings and text. A row stays
    whole, a long paragraph is cut between sentences, and whatever is longer where it
    has to be.
    """
    chunks: list[NewChunk] = []
    for section in _sections(reading.blocks, title):
        chunks += _chunks_of(section, title)
        if len(chunks) >= MOST_CHUNKS:
            break
    return chunks[:MOST_CHUNKS]


def _sections(blocks: Sequence[Block], title: str) -> Iterator[_Section]:
    """Yield what stands below each heading; one with nothing below it stays as text."""
    path: list[Block] = []
    section = _Section(())
    for block in blocks:
        if block.kind != "heading":
            section.blocks.append(block)
            continue
        if not section.blocks and path and path[-1].level >= block.level:
            section.blocks.append(path[-1])
        yield section
        path = [each for each in path if each.level < block.level] + [block]
        headings = tuple(each.text for each in path if each.text != title)
        section = _Section(headings)
    if not section.blocks and path:
        section.blocks.append(path[-1])
    yield section


def _chunks_of(section: _Section, title: str) -> Iterator[NewChunk]:
    heading = BETWEEN_HEADINGS.join(section.headings)[:LONGEST_HEADING] or None
    above = split_words(f"{title} {heading or ''}")
    for blocks in _gathered(section.blocks):
        text = "\n".join(block.text for block in blocks)
        words = (*above, *split_words(text))
        yield NewChunk(text=text, words=words, heading=heading, page=blocks[0].page)


def _gathered(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield blocks that fit together into one chunk."""
    waiting: list[Block] = []
    taken = _Size()
    for block in chain.from_iterable(map(_cut, blocks)):
        size = _size_of(block.text)
        if waiting and not (taken + size).fits():
            yield waiting
            waiting, taken = [], _Size()
        waiting.append(block)
        taken += size
    if waiting:
        yield waiting


def _cut(block: Block) -> Iterator[Block]:
    """Yield a block in pieces that are no longer than a chunk may be."""
    if _size_of(block.text).fits():
        yield block
        return
    for text in _joined(_sentences(block.text)):
        yield Block(block.kind, text, block.level, block.page)


def _sentences(text: str) -> Iterator[str]:
    for sentence in filter(None, map(str.strip, SENTENCE_ENDS.split(text))):
        is_short = _size_of(sentence).fits()
        yield from [sentence] if is_short else _joined(_words(sentence))


def _words(sentence: str) -> Iterator[str]:
    for word in sentence.split():
        for at in range(0, len(word), LONGEST_WORD):
            yield word[at : at + LONGEST_WORD]


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    waiting: list[str] = []
    taken = _Size()
    for piece in pieces:
        size = _size_of(piece)
        if waiting and not (taken + size).fits():
            yield " ".join(waiting)
            waiting, taken = [], _Size()
        waiting.append(piece)
        taken += size
    if waiting:
        yield " ".join(waiting)


@dataclass(frozen=True, slots=True)
class _Size:
    words: int = 0
    characters: int = 0

    def __add__(self, other: "_Size") -> "_Size":
        return _Size(self.words + other.words, self.characters + other.characters)

    def fits(self) -> bool:
        return self.words <= MOST_WORDS and self.characters <= MOST_CHARACTERS


def _size_of(text: str) -> _Size:
    """Return how much a text takes, with the sign that parts it from the next one."""
    unparted = len(UNPARTED.findall(text))
    return _Size(len(WORD.findall(text)) + unparted // 2, len(text) + 1)
