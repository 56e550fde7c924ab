"""Who gets a broadcast, and what fills its gaps: lines of a file, or of a query."""

import csv
import io
import os.path
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from db.broadcasts.nouns import Wanted
from db.broadcasts.querying import read_query
from db.database import Database
from db.errors import OperatorError
from db.queries.people import to_address
from db.records import to_storable

ADDRESS, USER_ID, OPT_IN = "address", "user_id", "opt_in"
WHO = (ADDRESS, USER_ID)
QUERY = re.compile(r"\s*(select|with|values|table)\b", re.IGNORECASE)
WHATSAPP = re.compile(
    r"whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})"
)
DELIMITERS = ",;\t"
MOST_BYTES = 64_000_000
MOST_PEOPLE = 200_000
LONGEST_HOW = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What was read: lines, what is wrong with others, and columns nobody asked for."""

    wanted: Sequence[Wanted]
    faults: Sequence[str]
    unused: Sequence[str]


def read_wanted(database: Database, given: str, gaps: Sequence[str]) -> Told:
    """Return whom a file or a query names, with what fills the gaps.

    The first line names columns: `address` or `user_id`, `opt_in` if it is told, and
    each gap. Raises OperatorError where it can't be read, or lacks a column.
    """
    if _is_query(given):
        return _read(read_query(database, given), gaps)
    return _read(_read_file(Path(given)), gaps)


def read_people(database: Database, given: str) -> Told:
    """Return whom a file, a query or an address names. Raises OperatorError."""
    if not _is_query(given) and not _exists(given):
        return _read([[ADDRESS], [given]], ())
    return read_wanted(database, given, ())


def _is_query(given: str) -> bool:
    return bool(QUERY.match(given)) and not _exists(given)


def _exists(given: str) -> bool:
    # Path.exists() raises where it is longer than a name may be, as a query is.
    return os.path.exists(given)  # noqa: PTH110


def _read_file(path: Path) -> Iterator[list[str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise OperatorError(f"{path} has more than {MOST_BYTES:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is no CSV in UTF-8") from None
    except OSError as error:
        raise OperatorError(f"{path} can't be read: {error.strerror}") from None
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise OperatorError(f"{path} is no CSV: {error}") from None


def _read(rows: Iterable[list[str]], gaps: Sequence[str]) -> Told:
    lines = iter(rows)
    columns = [name.strip() for name in next(lines, [])]
    _require(columns, gaps)
    wanted: list[Wanted] = []
    faults: list[str] = []
    for line, row in enumerate(lines, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(wanted) + len(faults) >= MOST_PEOPLE:
            raise OperatorError(f"more than {MOST_PEOPLE:,} people: send it in pieces")
        found = _read_row(line, dict(zip(columns, row, strict=False)), gaps)
        if isinstance(found, Wanted):
            wanted.append(found)
        else:
            faults.append(f"line {line}: {found}")
    unused = [name for name in columns if name not in {*WHO, OPT_IN, *gaps}]
    return Told(wanted, faults, unused)


def _require(columns: Sequence[str], gaps: Sequence[str]) -> None:
    if not set(WHO) & set(columns):
        raise OperatorError(
            "the first line has to name a column address, or user_id: there is "
            + (", ".join(columns) or "nothing")
        )
    if missing := [name for name in gaps if name not in columns]:
        raise OperatorError(
            "there is no column for what fills the template: "
            + ", ".join(f"{name} ({{{{{name}}}}})" for name in missing)
        )
    if len(set(columns)) < len(columns):
        raise OperatorError("two columns have the same name")


def _read_row(line: int, cells: dict[str, str], gaps: Sequence[str]) -> Wanted | str:
    """Return what a line says, or what is wrong with it."""
    variables = {name: to_storable(cells.get(name, "").strip()) for name in gaps}
    how = to_storable(" ".join(cells.get(OPT_IN, "").split()))[:LONGEST_HOW]
    if user_id := cells.get(USER_ID, "").strip():
        try:
            known = UUID(user_id)
        except ValueError:
            return "user_id is none"
        return Wanted(line=line, user_id=known, variables=variables, opt_in=how)
    address = to_address(to_storable(cells.get(ADDRESS, "")))
    if not WHATSAPP.fullmatch(address):
        return "address is no number such as +15551230001"
    return Wanted(line=line, address=address, variables=variables, opt_in=how)
