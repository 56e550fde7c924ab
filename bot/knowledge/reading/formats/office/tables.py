"""Tables of Word documents: cells that span rows or columns stand in each of them."""

from collections.abc import Callable
from typing import Any

from docx.oxml.ns import qn

MOST_COLUMNS = 100


def rows_of(table: Any, text_of: Callable[[Any], str]) -> list[list[str]]:
    """Return the cells of a table's rows."""
    rows: list[list[str]] = []
    for element in table.iterchildren(qn("w:tr")):
        above = rows[-1] if rows else []
        cells: list[str] = []
        for cell in element.iter(qn("w:tc")):
            if cell.getparent() is not element and _is_nested(cell, element):
                continue
            at = len(cells)
            is_same = _is_continued(cell) and at < len(above)
            text = above[at] if is_same else text_of(cell)
            cells += [text, *[""] * (_width(cell) - 1)][: MOST_COLUMNS - at]
        rows.append(cells)
    return rows


def header_of(table: Any, is_bold: Callable[[Any], bool]) -> bool:
    """Tell whether the first row is marked as header, or is the only bold one."""
    rows = list(table.iterchildren(qn("w:tr")))
    if len(rows) < 2:
        return False
    if rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
        return True
    return is_bold(rows[0]) and not any(map(is_bold, rows[1:]))


def _is_nested(cell: Any, row: Any) -> bool:
    """Tell whether a cell belongs to a table within this row's cells."""
    nearest = next(above for above in cell.iterancestors(qn("w:tr")))
    return nearest is not row


def _is_continued(cell: Any) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"


def _width(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    told = span.get(qn("w:val"), "1") if span is not None else "1"
    return min(max(int(told), 1), MOST_COLUMNS) if told.isdecimal() else 1
