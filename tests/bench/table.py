"""The table of figures, ratios first, for the terminal and for the README."""

from collections.abc import Sequence

from tests.bench.figures import Figure

HEAD = ("figure", "measured", "to reach", "met", "behind it")


def as_text(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    """Return aligned columns with the notes above them."""
    rows = [HEAD, *map(_row, ratios_first(figures))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*notes, "", *lines])


def as_markdown(figures: Sequence[Figure], notes: Sequence[str]) -> str:
    """Return the README's table and, under it, the notes."""
    rows = [HEAD, ("---",) * len(HEAD), *map(_row, ratios_first(figures))]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def ratios_first(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures without a unit before those with one."""
    return sorted(figures, key=lambda figure: bool(figure.unit))


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        figure.shown,
        figure.to_reach,
        figure.verdict,
        figure.detail,
    )
