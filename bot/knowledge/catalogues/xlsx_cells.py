"""A workbook's first sheet as lines of JSON: a program of its own, for a child process.

It gets the workbook on standard input and the most rows, bytes of memory and seconds as
arguments; it imports nothing of ours, and ends with 3 and one line of why for a file
that it can't read.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

UNREADABLE = 3
MOST_UNPACKED = 300_000_000
MOST_FILES = 5_000
MOST_TOLD = 100_000_000
# https://docs.python.org/3/library/audit_events.html
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix")


def read_sheet(content: bytes, most: int) -> Iterator[list[Any]]:
    """Yield the rows; a number is {"number": "4.2"}, a formula without a value {}."""
    import openpyxl  # noqa: PLC0415

    _check_size(content)
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


def _check_size(content: bytes) -> None:
    """Refuse what unpacks to too much, as the archive's own list says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = archive.infolist()
    if len(files) > MOST_FILES or sum(f.file_size for f in files) > MOST_UNPACKED:
        raise ValueError("it unpacks to too much")


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
    """Read, bounded by the operating system."""
    most, memory, seconds = map(int, sys.argv[1:4])
    _give_up(memory, seconds)
    left = MOST_TOLD
    try:
        for row in read_sheet(sys.stdin.buffer.read(), most):
            line = json.dumps(row) + "\n"
            left -= len(line)
            if left < 0:
                _end("it holds too much text")
            sys.stdout.write(line)
        sys.stdout.flush()
    except MemoryError:
        _end("it takes too much memory")
    except ValueError as error:
        _end(str(error))
    except Exception as error:  # noqa: BLE001 - whatever a strange file sets off
        _end(f"it is damaged, encrypted or no workbook ({type(error).__name__})")


def _give_up(memory: int, seconds: int) -> None:
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,  # no file of ours, no other either
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        with suppress(OSError, ValueError):  # macOS does not let RLIMIT_AS be set
            resource.setrlimit(what, (most, most))
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: object) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a reader of lists does no {event}")


def _end(why: str) -> None:
    sys.stderr.write(why.splitlines()[0][:200] if why else "it is damaged")
    sys.exit(UNREADABLE)


if __name__ == "__main__":
    main()
