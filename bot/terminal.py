"""What a terminal gets: text without tricks, in tables that fit its width."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# What a terminal would obey, or would let text stand where it was not written: control
# characters, half characters, separators of lines, and invisible signs of format such
# as those that turn the direction of writing. Joiners stay: emoji and some scripts
# need them.
# https://www.unicode.org/reports/tr44/#General_Category_Values
TRICKS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
HARMLESS = set("\n\t\u200c\u200d")
# In JSON, line breaks and tabs of a text are written as \n and \t already.
NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")
GAP = 2
LONGEST = 10_000  # of a cell that is not cut


@dataclass(frozen=True, slots=True)
class Column:
    """One of a table's columns.

    `least`: it may be cut to so many cells, keys may not (None). Where a terminal is
    too narrow even so, columns go, those with the highest `spare` first; 0 stays.
    """

    heading: str
    right: bool = False
    least: int | None = None
    spare: int = 0


def printable(text: str) -> str:
    """Return a text of whatever origin as a terminal may have it."""
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def one_line(text: str, width: int = 1000) -> str:
    """Return the text's beginning, on one line that takes `width` cells at most."""
    return cut(" ".join(printable(text[: 4 * width]).split()), width)


def cut(text: str, room: int) -> str:
    """Return the beginning of a line, as much of it as fits into so many cells."""
    if cells_of(text) <= room:
        return text
    taken = 0
    for end, sign in enumerate(text):
        taken += _cells_of_sign(sign)
        if taken > room - 1:
            return text[:end] + "…"
    return text


def printable_json(text: str) -> str:
    """Return JSON that means the same, and that a terminal may have."""
    return NOT_ASCII.sub(lambda found: _escaped(found[0]), text)


def terminal_width() -> int | None:
    """Return how many cells a line of the terminal has; None: nothing is cut.

    Output that goes to a file or to a program is whole.
    """
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None
) -> Iterator[str]:
    """Yield a table's lines, its headings first; none is longer than `width`."""
    shown = [[one_line(cell, LONGEST) for cell in row] for row in rows]
    headings = [column.heading for column in columns]
    widths = [max(map(cells_of, cells)) for cells in zip(headings, *shown, strict=True)]
    if width is not None:
        widths = _fit(columns, widths, width)
    for row in [headings, *shown]:
        cells = [
            _padded(cut(cell, room), room, right=column.right)
            for column, cell, room in zip(columns, row, widths, strict=True)
            if room  # nothing stands in it, or there is no room for it
        ]
        yield (" " * GAP).join(cells).rstrip()


def cells_of(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of_sign, text))


def _shown(sign: str) -> str:
    return "\ufffd" if _is_trick(sign) else sign


def _is_trick(sign: str) -> bool:
    return unicodedata.category(sign) in TRICKS and sign not in HARMLESS


def _escaped(sign: str) -> str:
    if not _is_trick(sign):
        return sign
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _cells_of_sign(sign: str) -> int:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def _padded(text: str, room: int, *, right: bool) -> str:
    blanks = " " * (room - cells_of(text))
    return blanks + text if right else text + blanks


def _fit(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    """Return the widths for a line of `width`; 0: the column is left out."""
    most = [
        room if column.least is None else min(room, column.least)
        for column, room in zip(columns, widths, strict=True)
    ]
    going = sorted(
        (at for at, column in enumerate(columns) if column.spare),
        key=lambda at: -columns[at].spare,
    )
    kept = [*widths]
    for at in going:
        if _line(most) <= width:
            break
        most[at] = kept[at] = 0
    while (over := _line(kept) - width) > 0:
        # The widest gives way first, down to the next one's width.
        giving = [at for at, room in enumerate(kept) if room > most[at]]
        if not giving:
            break
        widest = max(giving, key=lambda at: kept[at])
        others = [kept[at] for at in giving if at != widest]
        least = max(most[widest], min(max(others, default=0), kept[widest] - 1))
        kept[widest] = max(least, kept[widest] - over)
    return kept


def _line(widths: Sequence[int]) -> int:
    shown = [room for room in widths if room]
    return sum(shown) + GAP * (len(shown) - 1)
