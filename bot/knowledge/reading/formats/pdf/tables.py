"""Tables of a PDF: lines of several segments, put into columns by where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.knowledge.reading.formats.pdf.layout import Line
from bot.knowledge.reading.formats.pdf.segments import Segment
from bot.knowledge.reading.formats.rows import find_header, row_as_text
from bot.knowledge.reading.formats.texts import squeeze

# A line that is nearer to the one above it than rows are is a cell's second line.
NEARER_THAN_ROWS = 0.85
NEAR = 1.5  # heights
ALIGNED = 12.0  # points
# A header is no further from the first row than so many times the rows from each other.
FAR = 2.0


@dataclass(slots=True)
class Table:
    """Columns (from where to where) and the names that they have."""

    columns: list[tuple[float, float]]
    header: list[str] | None = None


@dataclass(slots=True)
class Tables:
    """Makes rows of lines; a table that goes on over the page keeps its header."""

    last: Table | None = None

    def rows_of(self, lines: Sequence[Line]) -> list[str]:
        """Return the rows of a table's lines, as sentences."""
        table = Table(_columns(lines))
        cells = _cells(lines, table.columns)
        cleaned = [[squeeze(cell) for cell in row] for row in cells]
        table.header = self._header(lines, cleaned, table)
        self.last = table
        rows = [row for row in cleaned if any(row)]
        return [row_as_text(row, table.header) for row in rows if row != table.header]

    def _header(
        self, lines: Sequence[Line], rows: list[list[str]], table: Table
    ) -> list[str] | None:
        if self.last and self.last.header and _is_same(self.last, table):
            return self.last.header
        if len(rows) > 1 and _is_bold(lines[0]) and not any(map(_is_bold, lines[1:])):
            return rows[0]
        return find_header(rows)


def continues(line: Line, above: Line, table: Sequence[Line]) -> bool:
    """Tell whether a line is the second line of cells in the row above it."""
    most = max(len(each.segments) for each in table)
    if len(line.segments) >= most:
        return False
    gap = above.y - line.y
    if line.left > min(each.left for each in table) + ALIGNED:
        return gap <= NEAR * line.height
    full = [each for each in table if len(each.segments) == most]
    gaps = [one.y - two.y for one, two in pairwise(full)]
    return bool(gaps) and gap < NEARER_THAN_ROWS * min(gaps)


def heads_table(lines: Sequence[Line]) -> bool:
    """Tell whether the first line stands over the others as a table's header does."""
    if len(lines) < 3 or len(lines[0].segments) < 2:
        return False
    first, second, third = lines[:3]
    is_near = first.y - second.y <= FAR * (second.y - third.y)
    return is_near and _is_same(Table(_columns([first])), Table(_columns([second])))


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Return the columns as the fullest lines have them."""
    most = max(len(line.segments) for line in lines)
    full = [line.segments for line in lines if len(line.segments) == most]
    return [
        (min(each.left for each in column), max(each.right for each in column))
        for column in zip(*full, strict=True)
    ]


def _cells(
    lines: Sequence[Line], columns: Sequence[tuple[float, float]]
) -> list[list[str]]:
    rows: list[list[str]] = []
    above: Line | None = None
    for line in lines:
        row = [""] * len(columns)
        for segment in line.segments:
            at = _column_of(segment, columns)
            row[at] = f"{row[at]} {segment.text}".strip()
        if rows and above and continues(line, above, lines):
            old = rows[-1]
            rows[-1] = [
                f"{one} {two}".strip() for one, two in zip(old, row, strict=True)
            ]
        else:
            rows.append(row)
        above = line
    return rows


def _column_of(segment: Segment, columns: Sequence[tuple[float, float]]) -> int:
    """Return the column that a segment lies in, or nearest to."""

    def away(at: int) -> float:
        left, right = columns[at]
        overlap = min(right, segment.right) - max(left, segment.left)
        return -overlap

    return min(range(len(columns)), key=away)


def _is_same(old: Table, new: Table) -> bool:
    return len(old.columns) == len(new.columns) and all(
        abs(one[0] - two[0]) < ALIGNED or abs(one[1] - two[1]) < ALIGNED
        for one, two in zip(old.columns, new.columns, strict=True)
    )


def _is_bold(line: Line) -> bool:
    return all(each.is_bold for each in line.segments)
