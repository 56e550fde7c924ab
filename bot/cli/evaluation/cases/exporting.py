"""`bot cases export`: cases as files, without the people that they came from."""

# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, read_settings
from bot.cli.evaluation.cases.group import cases
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.evaluation.cases.nouns import Case
    from bot.evaluation.cases.pseudonyms import Pseudonyms
    from bot.settings import Settings
    from db.database import Database

REVIEW = "replaced.review.txt"
TOO_MANY = (
    "there are more cases than a folder may hold: `bot cases dismiss` lays some aside"
)
IGNORED = f"# What was replaced is people's: look at it, and delete it.\n{REVIEW}\n"


@cases.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the cases into FOLDER, as `bot evaluate --cases FOLDER` reads them.

    Names, numbers, addresses, e-mails and links are replaced by rule, each by the same
    word everywhere. What was replaced, and what may be a name still, is listed in a
    file beside them: rules do not see all, so look before anybody else does.
    """
    from bot.evaluation.cases.pseudonyms import Pseudonyms

    pseudonyms = Pseudonyms()
    with migrated_database() as database:
        found = _load(read_settings(), database, pseudonyms)
    if not found:
        raise OperatorError("there is no case: see `bot cases collect --help`")
    if folder.exists() and any(folder.glob("*.yaml")):
        raise OperatorError(f"{folder} has cases already: name another folder")
    _write(folder, found, pseudonyms)
    click.echo(f"Written into {folder}: {len(found)}.")
    click.echo(
        f"Look at {folder / REVIEW}, and delete it after that. Replaced: "
        f"{len(pseudonyms.replaced)}; left, and maybe a name: {len(pseudonyms.left)}.",
        err=True,
    )


def _load(
    settings: "Settings", database: "Database", pseudonyms: "Pseudonyms"
) -> "list[Case]":
    """Return the cases that are judged; their people's names are learned."""
    from bot.cli.evaluation.cases.making import as_case
    from bot.evaluation.cases.files import MOST_CASES
    from bot.wiring.evaluation.answering import build_situations
    from db.evaluation.cases.keeping import find_names, load_cases

    situations = build_situations(settings, database)
    with database.reading() as connection:
        kept = load_cases(connection, MOST_CASES + 1)
        if len(kept) > MOST_CASES:
            raise OperatorError(TOO_MANY)
        people = {case.user_id for case in kept if case.user_id}
        pseudonyms.learn(find_names(connection, list(people)))
    return [as_case(case, situations.load) for case in kept]


def _write(folder: Path, found: "list[Case]", pseudonyms: "Pseudonyms") -> None:
    from bot.evaluation.cases.exporting import without_any
    from bot.evaluation.cases.writing import write_case
    from db.files import write_whole

    written = {
        f"case-{case.case_id}": write_case(case, f"case-{case.case_id}")
        for case in without_any(found, pseudonyms)
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _ignore_review(folder / ".gitignore")
        # First, so that whoever finds cases finds what to look at, too.
        write_whole(folder / REVIEW, "\n".join(pseudonyms.review()) + "\n")
        for name, text in written.items():
            write_whole(folder / f"{name}.yaml", text)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or ".gitignore is no text"
        raise OperatorError(
            f"{folder} can't be written ({why}): choose another folder"
        ) from None


def _ignore_review(file: Path) -> None:
    """Have git leave the list alone; what else it is to leave alone stays."""
    from db.files import write_whole

    known = file.read_text(encoding="utf-8") if file.is_file() else ""
    if REVIEW not in known.splitlines():
        ends = "" if known.endswith("\n") or not known else "\n"
        write_whole(file, f"{known}{ends}{IGNORED}")
