"""The table of figures, ratios first, for the terminal and for the README."""

from collections.abc import Sequence

from tests.bench import beside
from tests.bench.beside import Comparison
from tests.bench.figures import Figure

HEAD = ("figure", "measured", "to reach", "met", "behind it")
Row = tuple[str, ...]


def as_text(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    """Return aligned columns with the notes above them."""
    return _align([HEAD, *map(_row, ratios_first(figures))], notes)


def as_markdown(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    """Return the README's table and, under it, the notes."""
    return _mark([HEAD, *map(_row, ratios_first(figures))], notes)


def compared_as_text(found: Sequence[Comparison], notes: Sequence[str]) -> str:
    """Return the same for two checkouts."""
    return _align([beside.HEAD, *(one.row() for one in found)], notes)


def compared_as_markdown(found: Sequence[Comparison], notes: Sequence[str]) -> str:
    """Return the same for a document."""
    return _mark([beside.HEAD, *(one.row() for one in found)], notes)


def ratios_first(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures without a unit before those with one."""
    return sorted(figures, key=lambda figure: bool(figure.unit))


def _align(rows: Sequence[Row], notes: Sequence[str]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*notes, "", *lines])


def _mark(rows: Sequence[Row], notes: Sequence[str]) -> str:
    head, *others = rows
    whole = [head, ("---",) * len(head), *others]
    lines = [f"| {' | '.join(row)} |" for row in whole]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def _row(figure: Figure) -> Row:
    return (
        figure.name,
        figure.shown,
        figure.to_reach,
        figure.verdict,
        figure.detail,
    )
