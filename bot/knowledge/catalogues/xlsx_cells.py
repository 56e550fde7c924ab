"""A workbook's first sheet as lines of JSON: what a confined child runs.

It is asked for the most `rows`. On stdout: a line for each row, then one with their
`count`; or one with the `error`, a sentence for people.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from bot.knowledge.reading.child import read_asked
from bot.knowledge.reading.confinement import give_up_all
from bot.knowledge.reading.formats.office.archives import check_archive
from bot.knowledge.reading.limits import Limits
from bot.knowledge.reading.nouns import UnreadableError


def read_sheet(content: bytes, most: int, limits: Limits) -> Iterator[list[Any]]:
    """Yield the rows; a number is {"number": "4.2"}, a formula without a value {}."""
    import openpyxl  # noqa: PLC0415

    check_archive(content, limits)
    formulas: dict[tuple[int, int], bool] = {}
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = [_row(row, formulas) for row in _rows(book, most)]
    if not formulas:
        yield from rows
        return
    # What a spreadsheet calculated last stands beside the formulas.
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for at, row in _rows(book, most):
        found = _row((at, row), formulas)
        for place, value in enumerate(found):
            if (at, place) in formulas and value is None:
                found[place] = {}
        yield found


def _rows(book: Any, most: int) -> Iterator[tuple[int, Any]]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    for at, row in enumerate(sheet.iter_rows()):
        if at > most:
            return
        yield at, row


def _row(numbered: tuple[int, Any], formulas: dict[tuple[int, int], bool]) -> list[Any]:
    at, row = numbered
    for place, cell in enumerate(row):
        if cell.data_type == "f":
            formulas[at, place] = True
    values = [_plain(cell.value) for cell in row]
    while values and values[-1] is None and (at, len(values) - 1) not in formulas:
        values.pop()
    return values


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        # As many digits as a spreadsheet shows: it keeps .1 + .2 as a bit more than .3.
        return {"number": f"{value:.15g}"}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def main() -> None:
    """Read, and tell it."""
    asked, content, limits = read_asked()
    give_up_all(limits, limits.memory)
    try:
        count = 0
        for row in read_sheet(content, asked["rows"], limits):
            count += 1
            _tell(row)
        _tell({"count": count})
    except MemoryError:
        _tell({"error": "it takes too much memory"})
    except (UnreadableError, ValueError) as error:
        _tell({"error": str(error)})
    except Exception as error:  # noqa: BLE001 - whatever a strange file sets off
        why = f"it is damaged, encrypted or no workbook ({type(error).__name__})"
        _tell({"error": why})
    sys.stdout.flush()
    os._exit(0)  # as bot.knowledge.reading's


def _tell(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
