"""Lists as rows of cells: CSV, JSON and the first sheet of a workbook."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from bot.knowledge.reading.child import ask_child, explain_end
from bot.knowledge.reading.limits import MEGABYTE, Limits
from bot.knowledge.reading.nouns import UnreadableError
from db.errors import OperatorError
from db.records import MOST_CONTENT_BYTES

MOST_ROWS = 100_000
MOST_COLUMNS = 100
CHILD = "bot.knowledge.catalogues.xlsx_cells"
LIMITS = Limits(seconds=120, cpu_seconds=120, memory=2000 * MEGABYTE)
TYPES = (".csv", ".json", ".xlsx")
DELIMITERS = ",;\t|"
# Of tables in a JSON file, by whatever name; else its first list.
TABLE_NAMES = ("products", "items", "data", "rows")


class UncountedFormula:
    """A cell with a formula that nobody calculated."""


UNCOUNTED = UncountedFormula()
Cell = str | Decimal | bool | UncountedFormula | None


class UnreadableListError(OperatorError):
    """Says why a file can't be read as a list, in one sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and how it is called in its file: "line 3"."""

    place: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Cells:
    """A list: its headings, and its rows without the empty ones."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_cells(content: bytes, name: str) -> Cells:
    """Read a list of whatever of the types its name ends in.

    Raises UnreadableListError.
    """
    kind = Path(name).suffix.lower()
    if kind not in TYPES:
        raise UnreadableListError(
            f"{name} is no list of products: its name must end in .csv, .json or .xlsx"
        )
    if len(content) > MOST_CONTENT_BYTES:
        most = MOST_CONTENT_BYTES // MEGABYTE
        raise UnreadableListError(f"{name} is too large: {most} MB are read, split it")
    readers = {".csv": _read_csv, ".json": _read_json, ".xlsx": _read_xlsx}
    try:
        return _bounded(readers[kind](content), name)
    except (UnreadableError, ValueError, csv.Error, RecursionError) as error:
        why = str(error).rstrip(".") or "it is damaged"
        raise UnreadableListError(f"{name} can't be read: {why}") from None


def _bounded(rows: Iterator[Row], name: str) -> Cells:
    filled = (row for row in rows if any(cell not in (None, "") for cell in row.cells))
    head = next(filled, None)
    if head is None:
        raise UnreadableListError(f"{name} is empty: its first row must be headings")
    found = tuple(islice(filled, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise UnreadableListError(
            f"{name} has more than {MOST_ROWS:,} rows: split it into several files"
        )
    if len(head.cells) > MOST_COLUMNS:
        raise UnreadableListError(
            f"{name} has more than {MOST_COLUMNS} columns: leave some out"
        )
    return Cells(tuple(str(cell or "").strip() for cell in head.cells), found)


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 as it says, else of Western Windows.

    Raises ValueError for what is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise ValueError("it is no text: save it as UTF-8")
    return text


def _read_csv(content: bytes) -> Iterator[Row]:
    text = decode(content)
    delimiter = _find_delimiter(text)
    if text.startswith("sep="):  # Excel's own word for it
        text = "\n" + text.partition("\n")[2]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for cells in reader:
        yield Row(f"line {line}", [cell.strip() for cell in cells])
        line = reader.line_num + 1


def _find_delimiter(text: str) -> str:
    """Return what parts the headings: the sign that stands there most often."""
    if text.startswith("sep=") and text[4:5] in DELIMITERS:
        return text[4:5]
    lines = (line for line in text.splitlines() if line.strip())
    first = next(lines, "")
    return max(DELIMITERS, key=first.count)


def _read_json(content: bytes) -> Iterator[Row]:
    loaded = json.loads(
        decode(content),
        parse_float=Decimal,
        parse_int=Decimal,
        parse_constant=_no_number,
    )
    objects = _find_table(loaded)
    flat = [_flat(one) for one in objects]
    headings = list(dict.fromkeys(name for one in flat for name in one))
    yield Row("its names", headings)
    for number, one in enumerate(flat, 1):
        yield Row(f"product {number}", [one.get(name) for name in headings])


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _find_table(loaded: Any) -> list[Mapping[str, Any]]:
    if isinstance(loaded, dict):
        named = [loaded.get(name) for name in TABLE_NAMES]
        lists = [one for one in (*named, *loaded.values()) if isinstance(one, list)]
        loaded = lists[0] if lists else None
    if not isinstance(loaded, list) or not all(isinstance(one, dict) for one in loaded):
        raise ValueError("it must be a list of objects, one a product")
    if len(loaded) > MOST_ROWS:
        raise ValueError(f"it has more than {MOST_ROWS:,} products: split it")
    return loaded


def _flat(one: Mapping[str, Any]) -> dict[str, Cell]:
    inside = one.get("attributes")
    others = inside if isinstance(inside, dict) else {}
    own = {name: value for name, value in one.items() if value is not others}
    return {name: _cell(name, value) for name, value in {**others, **own}.items()}


def _cell(name: str, value: Any) -> Cell:
    if value is None or isinstance(value, str | Decimal | bool):
        return value
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
        return ", ".join("" if v is None else str(v) for v in value)
    raise ValueError(f'"{name[:100]}" holds objects: write a text or a number')


def _read_xlsx(content: bytes) -> Iterator[Row]:
    told, code = ask_child(CHILD, {"rows": MOST_ROWS + 1}, content, LIMITS)
    *lines, last = told.splitlines() or [b""]
    if not last.startswith(b"{"):
        raise explain_end(code, LIMITS)
    if error := json.loads(last).get("error"):
        raise ValueError(error)
    for number, line in enumerate(lines, 1):
        yield Row(f"row {number}", [_from_child(value) for value in json.loads(line)])


def _from_child(value: Any) -> Cell:
    if isinstance(value, dict):
        return Decimal(value["number"]) if value else UNCOUNTED
    return value.strip() if isinstance(value, str) else value
