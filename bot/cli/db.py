"""`bot db`: migrations, how the database does, who may do what, and psql."""

# ruff: noqa: PLC0415

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import database, database_url, read_settings
from bot.cli.root import main
from bot.terminal import Column, printable
from db.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.access.gaps import Gaps
    from db.schema import Migration

MOST_NAMED = 5
MIGRATIONS = (Column("migration"), Column("what it does", least=20), Column(""))
ROLES = "bot"  # how the four roles' names begin, unless told otherwise
PURPOSES = (
    "owns everything: `bot db upgrade` and backups",
    "the bot: DATABASE_URL of web, worker and the other commands",
    "the console: DATABASE_URL of the console, and of nothing else",
    "people who look: the views of schema masked, nothing else",
)


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.argument("revision", default="head")
@click.option(
    "--roles-from",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Make the roles, too: a folder with their passwords in files of their names.",
)
def upgrade(revision: str, roles_from: Path | None) -> None:
    """Run the migrations: all that are due, or up to REVISION.

    With --roles-from the roles bot_owner, bot_app, bot_console and bot_readonly (see
    `bot db roles`) are made first, bot_owner runs the migrations, and each role's
    rights are mended.
    """
    from db import schema
    from db.access.installing import install

    with database() as opened:
        if roles_from is None:
            schema.upgrade(opened, revision)
        else:
            install(opened, ROLES, _read_password_files(roles_from), revision)
        click.echo(f"The database is at migration {schema.read_current(opened)}.")


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, yes: bool) -> None:
    """Go back to the migration REVISION; `base` drops everything."""
    from db import schema

    with database() as opened:
        undone = schema.find_undone(opened, revision)
        if not undone:
            click.echo(
                f"Nothing to take back: at {schema.read_current(opened) or 'none'}."
            )
            return
        click.echo("These are taken back:")
        for migration in undone:
            click.echo(f"  {migration.revision}  {migration.summary}")
            if migration.loses:
                click.echo(f"        Lost: {migration.loses}.")
        if not yes:
            loses = any(migration.loses for migration in undone)
            told = "That data is lost." if loses else "No data is lost."
            click.confirm(f"{told} Go on?", abort=True)
        schema.downgrade(opened, revision)
        click.echo(
            f"The database is at migration {schema.read_current(opened) or 'none'}."
        )


@db.command()
def history() -> None:
    """List the migrations, and where the database is."""
    from bot.cli.show import show_table
    from db import schema

    known = schema.history()
    with database() as opened:
        try:
            found = schema.read_current(opened)
        except schema.HiddenError as error:
            _list_hidden(known, error)
            return
    here = {found: "<- the database"}
    show_table(
        MIGRATIONS, [(m.revision, m.summary, here.get(m.revision, "")) for m in known]
    )
    if found is None:
        click.echo("The database has none of them: run `bot db upgrade`.")
    elif found not in {migration.revision for migration in known}:
        click.echo(f"The database is at {found}, which this code does not know.")


def _list_hidden(known: "list[Migration]", error: OperatorError) -> None:
    from bot.cli.show import show_table

    show_table(MIGRATIONS[:2], [(m.revision, m.summary) for m in known])
    click.echo(f"At which of them the database is can't be seen: {error}.")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(as_json: bool) -> None:
    """Show how the database does: queue, last backup, sizes."""
    import json

    from bot.cli.show import describe_status
    from db.queries.status import read_status

    with database() as opened:
        found = read_status(opened, read_settings().backups.path)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
        return
    for line in describe_status(found):
        click.echo(printable(line))


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def shell(arguments: tuple[str, ...]) -> None:
    """Open psql on the database; ARGUMENTS go to psql.

    `:help` in it lists saved queries; `bot db shell -c :inbox` runs one of them.
    `-X` leaves out the project's settings of psql; `bot db shell -- --help` is
    psql's own help.
    """
    from db.access.shell import open_shell

    if not arguments and sys.stdin.isatty():
        click.echo("Type :help for saved queries, \\q to quit.")
    with database_url() as url:
        sys.exit(open_shell(url, arguments))


@db.command()
@click.option(
    "--prefix", default=ROLES, show_default=True, help="The roles' names begin so."
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines such as bot_app=word; roles without a line get a random password.",
)
@click.option("--new-passwords", is_flag=True, help="Replace those of existing roles.")
@click.option(
    "--print", "only_print", is_flag=True, help="Only print the SQL, for psql."
)
def roles(
    prefix: str, password_file: Path | None, new_passwords: bool, only_print: bool
) -> None:
    """Make the roles owner, app, console and readonly, or mend their rights.

    May be repeated, and should be after each restore. Passwords are shown once.
    """
    from db.access.gaps import find_gaps
    from db.access.roles import set_up_roles, write_script

    with database() as opened:
        if only_print:
            for line in write_script(opened, prefix):
                click.echo(line)
            return
        given = _read_passwords(password_file) if password_file else {}
        logins = set_up_roles(opened, prefix, given, renew=new_passwords)
        gaps = find_gaps(opened, prefix)
    for login, purpose in zip(logins, PURPOSES, strict=True):
        click.echo(f"{login.name}: {purpose}")
        if login.name in given:
            click.echo("  its password is the one given")
        else:
            click.echo(f"  {login.url or 'its password stays'}")
    if any(login.url and login.name not in given for login in logins):
        click.echo("New passwords are shown only here.")
    for line in _describe_gaps(gaps, logins[-1].name):
        click.echo(line, err=True)


def _describe_gaps(gaps: "Gaps", reader: str) -> "Iterator[str]":
    if gaps.large_objects:
        yield (
            f"Note: {reader} may store large objects, which only a superuser can take "
            "from it: have one run this, or what `bot db roles --print` prints."
        )
    if gaps.databases:
        named = printable(", ".join(gaps.databases[:MOST_NAMED]))
        more = "" if len(gaps.databases) <= MOST_NAMED else " and others"
        yield (
            f"Note: {reader} may connect to further databases of this server and store "
            f"things there: {named}{more}. If nobody else needs that, their owner says "
            "REVOKE CONNECT ON DATABASE … FROM PUBLIC."
        )


def _read_passwords(file: Path) -> dict[str, str]:
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and line[0] != "#"]
    if not all(name and equals and word for name, equals, word in pairs):
        raise OperatorError(
            f"{file} must have lines such as bot_app=a-long-random-word."
        )
    return {name.strip(): word.strip() for name, _, word in pairs}


def _read_password_files(folder: Path) -> dict[str, str]:
    from db.access.rights import RoleNames

    return {name: _read_password_file(folder / name) for name in RoleNames(ROLES)}


def _read_password_file(file: Path) -> str:
    try:
        word = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        word = ""
    if not word:
        raise OperatorError(f"{file} must be a file with the password of that role.")
    return word
