"""Where things stand on a page: columns of text, and the lines within each."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.reading.formats.pdf.segments import Segment

# Of a line's height.
SAME_LINE = 0.4
# A column of text, and not of a table: so long are its lines, so full, so many.
COLUMN_SIGNS = 22
COLUMN_FILLED = 0.6
COLUMN_LINES = 3
HIGHER = 1.5  # of a line's height
MOST_COLUMNS_DEEP = 8
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
    found = _find_columns(segments) if depth < MOST_COLUMNS_DEEP else None
    if found is None:
        return [lines_of(segments)] if segments else []
    before, left, right, after = found
    return [
        zone
        for part in (before, left, right, after)
        for zone in zones_of(part, depth + 1)
    ]


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


def _find_columns(segments: Sequence[Segment]) -> list[list[Segment]] | None:
    """Return what stands before two columns, the columns, and what stands after them.

    Of the places where they may part, the one that has most text beside it.
    """
    if len(segments) < 2 * COLUMN_LINES:
        return None
    ordered = sorted(segments, key=lambda each: -each.y)
    left = min(each.left for each in ordered)
    width = max(each.right for each in ordered) - left
    best: list[list[Segment]] | None = None
    for start in sorted({round(each.left) for each in ordered}):
        gutter = start - GUTTER / 2
        if not EDGE * width < gutter - left < (1 - EDGE) * width:
            continue
        bands = _bands(ordered, gutter)
        for at, band in enumerate(bands):
            inner = _columns_in(band, gutter)
            if len(inner) <= (len(best[1]) + len(best[2]) if best else 0):
                continue
            kept = set(map(id, inner))
            before = [each for part in bands[:at] for each in part]
            before += [each for each in band if id(each) not in kept]
            after = [each for part in bands[at + 1 :] for each in part]
            best = [before, *_sides(inner, gutter), after]
    return best


def _columns_in(band: Sequence[Segment], gutter: float) -> list[Segment]:
    """Return what of a band is in two columns of text, if there are two."""
    sides = _sides(band, gutter)
    full = [_full_lines(side) for side in sides]
    if min(map(len, full)) < COLUMN_LINES:
        return []
    top = min(max(each.y + each.height / 2 for each in side) for side in full)
    inner: list[Segment] = []
    for side, lines in zip(sides, full, strict=True):
        below = [each for each in side if each.y <= top]
        long = [each for each in lines if each.y <= top]
        if len(long) < max(COLUMN_LINES, COLUMN_FILLED * len(below)):
            return []
        # One of them may begin a little higher.
        higher = [e for e in lines if top < e.y <= top + HIGHER * e.height]
        inner += [*higher, *below]
    return inner


def _full_lines(side: Sequence[Segment]) -> list[Segment]:
    """Return the lines that are as long as those of a column of text."""
    long = [each for each in side if len(each.text) >= COLUMN_SIGNS]
    widest = max((each.right - each.left for each in long), default=0.0)
    return [each for each in long if each.right - each.left >= COLUMN_FILLED * widest]


def _sides(
    segments: Sequence[Segment], gutter: float
) -> tuple[list[Segment], list[Segment]]:
    left = [each for each in segments if each.right <= gutter]
    return left, [each for each in segments if each.right > gutter]


def _bands(segments: Sequence[Segment], gutter: float) -> list[list[Segment]]:
    """Return segments, ordered from the top, in bands: across the gutter, or not."""
    bands: list[list[Segment]] = []
    crossed = None
    for segment in segments:
        crosses = segment.left < gutter < segment.right
        if crosses != crossed:
            bands.append([])
            crossed = crosses
        bands[-1].append(segment)
    return bands
