"""A page's lines as blocks: headings by their size, paragraphs, lists, rows."""

import re
from collections.abc import Iterator, Sequence
from statistics import median

from bot.knowledge.reading.formats.pdf.layout import Line, zones_of
from bot.knowledge.reading.formats.pdf.segments import HYPHEN, Segment
from bot.knowledge.reading.formats.pdf.tables import Tables, continues
from bot.knowledge.reading.formats.plain import BULLET, MARK, looks_like_heading
from bot.knowledge.reading.formats.texts import squeeze
from bot.knowledge.reading.nouns import Block

# A bullet or number that stands apart from what it belongs to.
MARK_ALONE = re.compile(
    r"[-*\u2022\u2023\u25cf\u25aa\u25e6\u2013\uf0b7]|\(?\w{1,3}[.)]"
)
# The dots that lead from a dish to its price.
LEADERS = re.compile(r"\s*(?:[._\u2026]\s?){4,}\s*")
BROKEN_WORD = re.compile(
    rf"(?<=\w)[{HYPHEN}\xad][\n\0](?=\w)|(?<=[a-z])-[\n\0](?=[a-z])"
)
NUMBER = re.compile(r"[0-9]{1,4}")
# Sizes of headings, as multiples of the text's: the first one is the outermost.
LEVELS = ((1.8, 1), (1.4, 2), (1.15, 3))
BOLD_LEVEL = 4
# Between the lines of one paragraph, in heights of a line.
NEAR = 1.5
SAME_SIZE = 0.1
# A line that is shorter than this share of its zone ends where it does on purpose.
FULL_LINE = 0.75


class Pages:
    """Makes blocks of pages, one after the other."""

    def __init__(self, height: float, running: frozenset[str]) -> None:
        """`height`: of the text's lines. `running`: what stands on every page."""
        self._height = height
        self._running = running
        self._tables = Tables()

    def blocks_of(self, segments: Sequence[Segment], page: int) -> Iterator[Block]:
        """Yield the blocks of one page."""
        for lines in zones_of(segments):
            kept = [line for line in lines if not keys_of(line, page) & self._running]
            for group in _groups(list(map(_with_marks, kept))):
                for block in self._blocks(group, _width(lines)):
                    yield Block(block.kind, block.text, block.level, page)

    def _blocks(self, group: Sequence[Line], width: float) -> Iterator[Block]:
        if any(len(line.segments) > 1 for line in group):
            for row in self._tables.rows_of(group):
                yield Block("row", LEADERS.sub(": ", row))
            return
        text = _joined(group, width)
        level = self._level(group, text)
        if level:
            yield Block("heading", squeeze(text), level)
            return
        self._tables.last = None
        if BULLET.match(text):
            yield Block("item", MARK.sub("", squeeze(text), count=1))
        elif text:
            yield Block("paragraph", text)

    def _level(self, group: Sequence[Line], text: str) -> int:
        if not looks_like_heading(squeeze(text)) or len(group) > 3:
            return 0
        size = group[0].height / self._height
        level = next((level for least, level in LEVELS if size >= least), 0)
        is_bold = all(each.is_bold for line in group for each in line.segments)
        return level or (BOLD_LEVEL if is_bold and len(group) == 1 else 0)


def keys_of(line: Line, page: int) -> frozenset[str]:
    """Return what a line is known by on other pages.

    Its first or last number may count the pages: how far it is from the page's own is
    the same on all of them. Other numbers are no reason to take lines for the same.
    """
    text = squeeze(line.text)
    numbers = list(NUMBER.finditer(text))
    ends = numbers[:1] + numbers[1:][-1:]
    counted = (
        f"{text[: found.start()]}#{int(found[0]) - page}{text[found.end() :]}"
        for found in ends
    )
    return frozenset({text, *counted})


def text_height(pages: Sequence[Sequence[Segment]]) -> float:
    """Return the height of most of the text's lines."""
    heights = [
        each.height for page in pages for each in page for _ in range(len(each.text))
    ]
    return max(median(heights), 1.0) if heights else 1.0


def _with_marks(line: Line) -> Line:
    """Return a line whose bullet or number is part of what it belongs to."""
    first, *others = line.segments
    if not others or not MARK_ALONE.fullmatch(first.text):
        return line
    second = others[0]
    text = f"{first.text} {second.text}"
    whole = Segment(text, first.left, second.right, first.y, second.height)
    return Line([whole, *others[1:]])


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines that belong together: of one table, or of one paragraph."""
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(line, group):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _belongs(line: Line, group: Sequence[Line]) -> bool:
    last = group[-1]
    in_table = any(len(each.segments) > 1 for each in group)
    if len(line.segments) > 1:
        return in_table
    if in_table:
        return continues(line, last, group)
    same = abs(line.height - last.height) <= SAME_SIZE * last.height
    is_bold = line.segments[0].is_bold == last.segments[0].is_bold
    near = last.y - line.y <= NEAR * last.height
    return same and is_bold and near and not BULLET.match(line.text)


def _joined(group: Sequence[Line], width: float) -> str:
    text = ""
    for line in group:
        is_full = line.right - line.left >= FULL_LINE * width
        text += squeeze_line(line.text) + ("\n" if is_full else "\0")
    joined = BROKEN_WORD.sub("", text).replace("\n", " ").replace("\0", "\n")
    return LEADERS.sub(": ", joined).replace(HYPHEN, "-").strip()


def squeeze_line(text: str) -> str:
    """Return a line's text without blanks around it; its last hyphen stays."""
    return squeeze(text[:-1]) + text[-1:] if text.endswith(HYPHEN) else squeeze(text)


def _width(lines: Sequence[Line]) -> float:
    return max(each.right for each in lines) - min(each.left for each in lines)
