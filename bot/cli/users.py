"""`bot users`: list, show, deactivate, export and erase people."""

# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.backups import erasure_key
from bot.cli.database import migrated_database, read_settings, reading
from bot.cli.people.finishing import finish
from bot.cli.root import main
from bot.terminal import printable, printable_json

if TYPE_CHECKING:
    from db.database import Database
    from db.queries.people import NobodyError, Person

MOST_LISTED = 10_000
MOST_SECONDS = 30.0


@main.group()
def users() -> None:
    """Look after the people who write.

    An ADDRESS is +1555…, whatsapp:+1555…, an e-mail address or a user_id.
    """


@users.command("list")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1, MOST_LISTED),
    help="How many at most.",
)
@click.option("--inactive", is_flag=True, help="Only those who were deactivated.")
def list_(limit: int, inactive: bool) -> None:
    """List people, newest first."""
    from bot.cli.show import show_people
    from db.queries.people import list_people

    with reading() as connection:
        found = list_people(connection, limit, inactive=inactive)
    show_people(found)


@users.command()
@click.argument("address")
def show(address: str) -> None:
    """Show what is known of a person."""
    from bot.cli.show import describe_person
    from db.queries.people import find_details, find_person

    with reading() as connection:
        person = find_person(connection, address)
        details = find_details(connection, person)
    for line in describe_person(person, details):
        click.echo(line)


@users.command()
@click.argument("address")
def deactivate(address: str) -> None:
    """Give a person no answers from now on.

    What they write is stored.
    """
    changed, person = _set_active(address, active=False)
    if changed:
        click.echo(f"{printable(person.address)} gets no answers any more.")
    else:
        click.echo(
            f"{printable(person.address)} is deactivated already: nothing changed."
        )


@users.command()
@click.argument("address")
def activate(address: str) -> None:
    """Give a person answers again, to what they write from now on."""
    changed, person = _set_active(address, active=True)
    who = printable(person.address)
    if changed:
        click.echo(
            f"{who} gets answers again. What was written meanwhile stays without one."
        )
    else:
        click.echo(f"{who} is active already: nothing changed.")


def _set_active(address: str, *, active: bool) -> tuple[bool, "Person"]:
    from db.outages import outages
    from db.queries.people import find_person, set_active

    with (
        migrated_database() as database,
        outages(),
        database.transaction(MOST_SECONDS) as connection,
    ):
        person = find_person(connection, address)
        return set_active(connection, person, active=active), person


@users.command()
@click.argument("address")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="A file; only its owner may read it. Else standard output.",
)  # fmt: skip
def export(address: str, output: Path | None) -> None:
    """Write all that is held about a person, as JSON."""
    from bot.cli.export import open_output
    from db.privacy.export import export_person
    from db.queries.people import find_person

    folder = read_settings().media.folder
    with migrated_database() as database:
        with database.reading() as connection:
            person = find_person(connection, address)
        with open_output(output) as file:
            file.writelines(
                map(printable_json, export_person(database, person.user_id, folder))
            )
    if output is not None:
        click.echo(f"Everything held about {printable(person.address)} is in {output}.")


@users.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(address: str, yes: bool) -> None:
    """Erase a person with all that belongs to them, for good.

    Also from the databases that restores left beside this one. A tombstone stays beside
    the backups: `bot db restore` erases the person again.
    """
    from db.privacy.erasure import erase_person
    from db.queries.people import NobodyError

    with migrated_database() as database:
        try:
            person = _find_to_erase(database, address, asking=not yes)
        except NobodyError as nobody:
            _finish_earlier(database, address, nobody)
            return
        key = erasure_key()
        erased = erase_person(database, person.user_id, key)
        if erased is None:
            click.echo("Somebody else erased this person just now.")
            return
        rows = {name: n for name, n in erased.rows.items() if n}
        click.echo(f"Erased: {', '.join(f'{n} {name}' for name, n in rows.items())}.")
        finish(database, key, list(rows), erased.files)


def _find_to_erase(database: "Database", address: str, *, asking: bool) -> "Person":
    from bot.cli.show import describe_person
    from db.queries.people import find_details, find_person

    with database.reading() as connection:
        person = find_person(connection, address)
        details = find_details(connection, person)
    if asking:
        for line in describe_person(person, details):
            click.echo(line)
        click.confirm("Erase all of this for good?", abort=True)
    return person


def _finish_earlier(database: "Database", address: str, nobody: "NobodyError") -> None:
    """Do again what follows an erasure, which may have been broken off before that.

    Raises the error about the address unless it is of somebody who was erased.
    """
    from db.privacy.erasure import PURGES
    from db.privacy.tombstones import count_tombstones, find_key, was_erased
    from db.queries.people import to_address

    settings = read_settings()
    if count_tombstones(database) == 0:
        raise nobody
    click.echo(
        "Nobody has this address. What earlier erasures left undone is done now."
    )
    key = find_key(settings.erasure_key, settings.data_folder)
    theirs = key is not None and was_erased(database, key, [to_address(address)])
    finish(database, key, list(PURGES) if theirs else [])
    if not theirs:
        raise nobody
    click.echo(f"{printable(to_address(address))} was erased before.")
