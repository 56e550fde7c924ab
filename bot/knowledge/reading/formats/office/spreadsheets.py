"""XLSX: each sheet a heading, each row with its header, numbers as they are shown."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain, count, islice
from typing import Any

import openpyxl

from bot.knowledge.reading.formats.delimited import check_size
from bot.knowledge.reading.formats.office.archives import check_archive
from bot.knowledge.reading.formats.office.cells import cell_as_text
from bot.knowledge.reading.formats.plain import looks_like_heading
from bot.knowledge.reading.formats.rows import (
    ROWS_LOOKED_AT,
    find_header,
    row_as_text,
)
from bot.knowledge.reading.formats.texts import squeeze
from bot.knowledge.reading.nouns import Block, Draft

# Written by a program that does not calculate: what it is, only Office knows.
NOT_CALCULATED = "(not calculated)"
UNKNOWN = (
    "some cells are formulas whose values are not in the file: open it in a "
    "spreadsheet program, save it there, and add it again"
)
HIDDEN = "hidden sheets are left out: {}"


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the rows of a workbook's sheets."""
    check_archive(content, draft.limits)
    shown = _open(content, values=True)
    formulas = _open(content, values=False)
    hidden = [sheet.title for sheet in shown if sheet.sheet_state != "visible"]
    if hidden:
        draft.note(HIDDEN.format(", ".join(map(squeeze, hidden))))
    read_rows = count()
    for sheet in shown:
        if sheet.title in hidden:
            continue
        yield Block("heading", squeeze(sheet.title) or "-", 1)
        rows = _rows(sheet, formulas[sheet.title], draft, read_rows)
        yield from _blocks(rows)


def _open(content: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(
        BytesIO(content), read_only=True, data_only=values, keep_links=False
    )


def _rows(
    sheet: Any, formulas: Any, draft: Draft, read_rows: "count[int]"
) -> Iterator[list[str]]:
    """Yield the cells of the rows that have any, as people see them."""
    # What a sheet says of its own size may be wrong.
    sheet.reset_dimensions()
    formulas.reset_dimensions()
    for row, raw in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        cells = [_shown(*pair) for pair in zip(row, raw, strict=True)]
        if NOT_CALCULATED in cells:
            draft.note(UNKNOWN)
        if any(cells):
            width = max(at for at, cell in enumerate(cells) if cell) + 1
            check_size(next(read_rows), width, draft)
            yield cells[:width]


def _shown(cell: Any, raw: Any) -> str:
    is_unknown = cell.value is None and raw.data_type == "f"
    return NOT_CALCULATED if is_unknown else cell_as_text(cell)


def _blocks(rows: Iterator[list[str]]) -> Iterator[Block]:
    begin = list(islice(rows, ROWS_LOOKED_AT))
    header = find_header([row for row in begin if sum(map(bool, row)) > 1])
    for row in chain(begin, rows):
        filled = [cell for cell in row if cell]
        if len(filled) == 1 and looks_like_heading(filled[0]):
            # A title above the table, or above a group of its rows.
            yield Block("heading", filled[0], 2)
        elif len(filled) == 1:
            yield Block("paragraph", filled[0])
        elif row != header:
            yield Block("row", row_as_text(row, header))
