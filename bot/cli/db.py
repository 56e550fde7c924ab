"""`bot db`: migrations, how the database does, and psql."""

# ruff: noqa: PLC0415

import sys

import click

from bot.cli.database import database, database_url
from bot.cli.root import main
from bot.settings import Settings


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Run the migrations: all that are due, or up to REVISION."""
    from db import schema

    with database() as opened:
        schema.upgrade(opened, revision)
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
        click.echo("These are taken back, and what they made is dropped with its data:")
        for migration in undone:
            click.echo(f"  {migration.revision}  {migration.summary}")
        if not yes:
            click.confirm("That data is lost. Go on?", abort=True)
        schema.downgrade(opened, revision)
        click.echo(
            f"The database is at migration {schema.read_current(opened) or 'none'}."
        )


@db.command()
def history() -> None:
    """List the migrations, and where the database is."""
    from db import schema

    with database() as opened:
        found = schema.read_current(opened)
    known = schema.history()
    for migration in known:
        here = " <- the database" if migration.revision == found else ""
        click.echo(f"{migration.revision}  {migration.summary}{here}")
    if found is None:
        click.echo("The database has none of them: run `bot db upgrade`.")
    elif found not in {migration.revision for migration in known}:
        click.echo(f"The database is at {found}, which this code does not know.")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(as_json: bool) -> None:
    """Show how the database does: queue, last backup, sizes."""
    import json

    from bot.cli.status_lines import describe
    from db.queries.status import read_status

    with database() as opened:
        found = read_status(opened, Settings.from_env().upkeep.backup_folder)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
        return
    for line in describe(found):
        click.echo(line)


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
