"""`bot knowledge`: add, list, show, refresh, remove and export documents."""

# ruff: noqa: PLC0415

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, reading
from bot.cli.knowledge.group import knowledge
from bot.cli.knowledge.shown import echo_json, show_document, show_list
from bot.cli.show import tell_if_cut
from bot.terminal import one_line

if TYPE_CHECKING:
    from bot.cli.knowledge.adding import Outcome
    from db.database import Database
    from db.records import NewDocument

MOST_LISTED = 100_000
LANGUAGE = re.compile(r"[a-z]{2}")
json_option = click.option(
    "--json", "as_json", is_flag=True, help="For programs: JSON."
)
no_wait_option = click.option(
    "--no-wait", is_flag=True, help="Do not wait until the worker took them in."
)
ID = click.IntRange(1, 2**63 - 1)


@knowledge.command()
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--for", "address", metavar="ADDRESS", help="Only this person's own.")
@click.option("--title", help="What sources call it; else what it calls itself.")
@click.option("--language", help="Such as en; else it is found out.")
@click.option("--description", help="A word on it, for people.")
@no_wait_option
@json_option
def add(
    sources: tuple[str, ...], no_wait: bool, as_json: bool, **said: str | None
) -> None:
    """Have files, folders, globs and pages taken in.

    The same path or address again is the same document: it is taken in anew if it has
    changed. Ends with 1 if something was refused.
    """
    from bot.cli.knowledge.adding import Adding

    if said["title"] and len(sources) > 1:
        raise click.UsageError("--title is for one document at a time.")
    if said["language"] and not LANGUAGE.fullmatch(said["language"]):
        raise click.UsageError("--language takes two letters, such as en (ISO 639-1).")
    with migrated_database() as database:
        like = _as_told(database, said)
        adding = Adding(database, sys.stderr, quiet=as_json)
        outcomes = adding.add_all(sources, like, wait=not no_wait)
    _tell(outcomes, as_json=as_json)


@knowledge.command("list")
@click.option(
    "--limit", default=1000, show_default=True, type=click.IntRange(1, MOST_LISTED),
    help="How many at most.",
)  # fmt: skip
@json_option
def list_(limit: int, as_json: bool) -> None:
    """List the documents, with what became of them."""
    from db.knowledge.listing import list_documents

    with reading() as connection:
        rows = list_documents(connection, limit)
    if as_json:
        echo_json(rows)
    elif rows:
        show_list(rows)
    else:
        click.echo("There are no documents: `bot knowledge add` takes them in.")
    tell_if_cut(len(rows), limit)


@knowledge.command()
@click.argument("document", metavar="ID|TITLE")
@json_option
def show(document: str, as_json: bool) -> None:
    """Show a document with its chunks; the beginning of its TITLE will do."""
    from db.knowledge.listing import find_document, read_chunks

    with reading() as connection:
        row = find_document(connection, document)
        show_document(row, read_chunks(connection, row.id), as_json=as_json)


@knowledge.command()
@click.argument("ids", nargs=-1, type=ID, metavar="[ID]...")
@no_wait_option
@json_option
def refresh(ids: tuple[int, ...], no_wait: bool, as_json: bool) -> None:
    """Take in files and pages that changed since; without IDs, all of them.

    What came over WhatsApp, or was written here, has nowhere to be looked for.
    """
    from bot.cli.knowledge.adding import Adding
    from db.knowledge.listing import find_documents, list_documents

    with migrated_database() as database:
        with database.reading() as connection:
            rows = (
                find_documents(connection, ids)
                if ids
                else list_documents(connection, MOST_LISTED)
            )
        adding = Adding(database, sys.stderr, quiet=as_json)
        outcomes = adding.refresh(rows, wait=not no_wait)
    _tell(outcomes, as_json=as_json)


@knowledge.command()
@click.argument("ids", nargs=-1, required=True, type=ID, metavar="ID...")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(ids: tuple[int, ...], yes: bool) -> None:
    """Remove documents: no answer stands on them from then on."""
    from db.knowledge.documents import Documents
    from db.knowledge.listing import find_documents

    with migrated_database() as database:
        with database.reading() as connection:
            rows = find_documents(connection, ids)
        if not yes:
            show_list(rows)
            click.confirm("Remove what is listed?", abort=True)
        gone = Documents(database).remove(ids)
    for row in rows:
        if row.id in gone:
            click.echo(f"Removed: {row.id} {one_line(row.title)}")


@knowledge.command()
@click.argument("folder", metavar="FOLDER|-")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "markdown"]), default="jsonl",
    show_default=True, help="A line for each document, or pages to read.",
)  # fmt: skip
def export(folder: str, form: str) -> None:
    """Write the documents with the texts of their chunks; - is standard output.

    Into a FOLDER go documents.jsonl, or a file of Markdown for each document.
    """
    from bot.cli.knowledge.writing import export_documents

    with reading() as connection:
        written = export_documents(
            connection, None if folder == "-" else Path(folder), form, MOST_LISTED
        )
    if folder != "-":
        click.echo(f"Documents in {folder}: {written}.")


def _as_told(database: "Database", said: "dict[str, str | None]") -> "NewDocument":
    from db.queries.people import find_person
    from db.records import NewDocument

    user_id = None
    if address := said["address"]:
        with database.reading() as connection:
            user_id = find_person(connection, address).user_id
    return NewDocument(
        content=b"",
        user_id=user_id,
        title=said["title"],
        language=said["language"],
        description=said["description"],
    )


def _tell(outcomes: "list[Outcome]", *, as_json: bool) -> None:
    from bot.cli.knowledge.adding import describe

    if as_json:
        echo_json(outcomes)
    else:
        for line in describe(outcomes):
            click.echo(line)
    if not all(outcome.is_well for outcome in outcomes):
        sys.exit(1)
