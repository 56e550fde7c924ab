"""All cases that are judged: those of the database, and those of a folder."""

# ruff: noqa: PLC0415

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.evaluation.cases.making import as_case
from bot.settings import Settings
from bot.wiring.evaluation.answering import build_situations
from db.database import Database
from db.errors import OperatorError
from db.evaluation.cases.keeping import load_cases

if TYPE_CHECKING:
    from bot.evaluation.cases.nouns import Case

MOST = 2000


def gather(
    settings: Settings, database: Database, folder: Path | None, only: Iterable[str]
) -> "list[Case]":
    """Return the cases, those in files first; `only`: of these names or numbers.

    Raises OperatorError where a file can't be read, where a name names none, or where
    there are too many.
    """
    from bot.evaluation.cases.files import read_folder

    found = read_folder(folder) if folder else []
    situations = build_situations(settings, database)
    with database.reading() as connection:
        kept = load_cases(connection, MOST + 1)
    if len(kept) > MOST:
        raise OperatorError(
            f"the database has more than {MOST} cases: `bot cases dismiss` lays some "
            "aside"
        )
    wanted = [*only]
    numbers = [case for case in kept if not wanted or _names(wanted, f"{case.id}")]
    found = [case for case in found if not wanted or _names(wanted, case.label)]
    told = [*found, *(as_case(case, situations.load) for case in numbers)]
    _require_all(wanted, told)
    return told


def _names(wanted: Iterable[str], label: str) -> bool:
    return any(fnmatchcase(label, pattern) for pattern in wanted)


def _require_all(wanted: Iterable[str], found: "list[Case]") -> None:
    labels = [case.name or str(case.case_id) for case in found]
    for pattern in wanted:
        if not any(fnmatchcase(label, pattern) for label in labels):
            raise OperatorError(f"no case is called {pattern}: see `bot cases list`")
