"""Rows of tables, each with its header: "Rye bread: Price 4.20 EUR; Weight 1 kg"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from bot.knowledge.reading.formats.texts import squeeze

Row = Sequence[str]
DIGIT = re.compile(r"\d")
# What begins with a number is a value: a price, an hour.
VALUE = re.compile(r"\W*\d")
LONGEST_LABEL = 60
ROWS_LOOKED_AT = 50
# Of the cells below a label, so many have digits where it is surely one.
MOST_OF_THEM = 0.8


def rows_as_text(rows: Iterable[Row], header: Row | None = None) -> Iterator[str]:
    """Yield a table's rows as sentences, in their order.

    `header` are the names of the columns where the format tells them; else the first
    row is taken for it if it looks like one. A repeated header is left out.
    """
    cleaned = ([squeeze(cell) for cell in row] for row in rows)
    kept = (row for row in cleaned if any(row))
    begin = list(islice(kept, ROWS_LOOKED_AT))
    names = [squeeze(cell) for cell in header] if header else find_header(begin)
    for row in chain(begin, kept):
        if row != names:
            yield row_as_text(row, names)


def row_as_text(row: Row, header: Row | None) -> str:
    """Return one row: what it is about, then each cell with its column's name."""
    filled = [at for at, cell in enumerate(row) if cell]
    if header is None or len(filled) < 2:
        cells = [row[at] for at in filled]
        return ": ".join((cells[0], "; ".join(cells[1:]))) if cells[1:] else cells[0]
    named = list(zip_longest(header, row, fillvalue=""))
    about, *others = [pair for pair in named if pair[1]]
    told = "; ".join(f"{name} {cell}".strip() for name, cell in others)
    # Without a cell in the first column, what comes first is not what it is about.
    begin = about[1] if row[0] else f"{about[0]} {about[1]}".strip()
    return f"{begin}: {told}" if row[0] else f"{begin}; {told}"


def find_header(rows: Sequence[Row]) -> list[str] | None:
    """Return the first row if it names the columns, as far as can be told.

    Of two columns, a first row without digits over a column of numbers is one: "Price"
    over 4.20; "closed" below "Monday" is not.
    """
    if len(rows) < 2:
        return None
    first, *others = rows
    names = [cell for cell in first if cell]
    if len(names) < 2 or len(names) < max(len(row) for row in rows) - 1:
        return None
    if len(set(names)) < len(names) or any(map(_is_no_label, names)):
        return None
    if len(names) > 2:
        return list(first)
    last = [row[-1] for row in others if len(row) == len(first) and row[-1]]
    numbers = sum(bool(DIGIT.search(cell)) for cell in last)
    is_label = first[-1][:1].upper() == first[-1][:1]
    sure = len(others) > 1 and numbers >= MOST_OF_THEM * len(others)
    return list(first) if is_label and sure else None


def _is_no_label(cell: str) -> bool:
    return bool(VALUE.match(cell)) or len(cell) > LONGEST_LABEL
