"""Where things stand on a page: columns of text, and the lines within each."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.knowledge.reading.formats.pdf.segments import Segment

# Of a line's height.
SAME_LINE = 0.4
# A column of text, and not of a table: so long are its lines, so full, so many.
COLUMN_SIGNS = 22
COLUMN_FILLED = 0.6
COLUMN_LINES = 4
MOST_COLUMNS_DEEP = 3
GUTTER = 6.0  # points
EDGE = 0.15  # of the width: no column is as narrow


@dataclass(slots=True)
class Line:
    """Segments that stand beside each other, from the left (from the right: Arabic)."""

    segments: list[Segment]

    @property
    def y(self) -> float:
        """Where it stands, from the page's lower edge."""
        return self.segments[0].y

    @property
    def height(self) -> float:
        """The height of its largest letters."""
        return max(each.height for each in self.segments)

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(each.text for each in self.segments)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(each.right for each in self.segments)

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(each.left for each in self.segments)


def zones_of(segments: Sequence[Segment], depth: int = 0) -> list[list[Line]]:
    """Return the page's zones in reading order: each column's lines, from the top."""
    gutter = _find_gutter(segments) if depth < MOST_COLUMNS_DEEP else None
    if gutter is None:
        return [lines_of(segments)] if segments else []
    zones: list[list[Line]] = []
    for band in _bands(segments, gutter):
        if any(_crosses(each, gutter) for each in band):
            zones.append(lines_of(band))
            continue
        for side in _sides(band, gutter):
            zones += zones_of(side, depth + 1)
    return zones


def lines_of(segments: Sequence[Segment]) -> list[Line]:
    """Return the lines, from the top."""
    lines: list[Line] = []
    for segment in sorted(segments, key=lambda each: -each.y):
        last = lines[-1] if lines else None
        most = SAME_LINE * min(segment.height, last.height if last else 0)
        if last and abs(last.segments[-1].y - segment.y) <= most:
            last.segments.append(segment)
        else:
            lines.append(Line([segment]))
    for line in lines:
        is_arabic = any("\u0590" <= sign <= "\u08ff" for sign in line.text)
        line.segments.sort(key=lambda each: each.left, reverse=is_arabic)
    return lines


def _find_gutter(segments: Sequence[Segment]) -> float | None:
    """Return where two columns of text part, if they do."""
    if len(segments) < 2 * COLUMN_LINES:
        return None
    left = min(each.left for each in segments)
    width = max(each.right for each in segments) - left
    starts = sorted({round(each.left) for each in segments})
    for start in starts:
        gutter = start - GUTTER / 2
        if not EDGE * width < gutter - left < (1 - EDGE) * width:
            continue
        sides = _sides([s for s in segments if not _crosses(s, gutter)], gutter)
        if all(map(_is_text, sides)):
            return gutter
    return None


def _is_text(side: Sequence[Segment]) -> bool:
    if len(side) < COLUMN_LINES:
        return False
    width = max(each.right for each in side) - min(each.left for each in side)
    filled = fmean(each.right - each.left for each in side)
    signs = fmean(len(each.text) for each in side)
    return signs >= COLUMN_SIGNS and filled >= COLUMN_FILLED * width


def _sides(
    segments: Sequence[Segment], gutter: float
) -> tuple[list[Segment], list[Segment]]:
    left = [each for each in segments if each.right <= gutter]
    return left, [each for each in segments if each.right > gutter]


def _crosses(segment: Segment, gutter: float) -> bool:
    return segment.left < gutter < segment.right


def _bands(segments: Sequence[Segment], gutter: float) -> list[list[Segment]]:
    """Return a page in bands from the top: across the gutter, or beside it."""
    bands: list[list[Segment]] = []
    crossed = None
    for segment in sorted(segments, key=lambda each: -each.y):
        crosses = _crosses(segment, gutter)
        if crosses != crossed:
            bands.append([])
            crossed = crosses
        bands[-1].append(segment)
    return bands
