"""Documents cut into chunks: each can be understood alone, and found for a question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bot.knowledge.reading.nouns import Block, Reading
from bot.knowledge.words import split_words
from db.records import NewChunk

# In words.
MOST_WORDS = 150
# What a language without spaces calls a word may be a whole sentence.
MOST_CHARACTERS = 1_500
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
    words = characters = 0
    for block in chain.from_iterable(map(_cut, blocks)):
        more = len(split_words(block.text))
        is_full = words + more > MOST_WORDS
        if waiting and (is_full or characters + len(block.text) > MOST_CHARACTERS):
            yield waiting
            waiting, words, characters = [], 0, 0
        waiting.append(block)
        words += more
        characters += len(block.text) + 1
    if waiting:
        yield waiting


def _cut(block: Block) -> Iterator[Block]:
    """Yield a block in pieces that are no longer than a chunk may be."""
    if _fits(block.text):
        yield block
        return
    for text in _joined(_sentences(block.text)):
        yield Block(block.kind, text, block.level, block.page)


def _sentences(text: str) -> Iterator[str]:
    for sentence in filter(None, map(str.strip, SENTENCE_ENDS.split(text))):
        yield from [sentence] if _fits(sentence) else _joined(_words(sentence))


def _words(sentence: str) -> Iterator[str]:
    for word in sentence.split():
        for at in range(0, len(word), MOST_CHARACTERS):
            yield word[at : at + MOST_CHARACTERS]


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    waiting = ""
    for piece in pieces:
        longer = f"{waiting} {piece}" if waiting else piece
        if waiting and not _fits(longer):
            yield waiting
            longer = piece
        waiting = longer
    if waiting:
        yield waiting


def _fits(text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and len(split_words(text)) <= MOST_WORDS
