"""`bot db`: migrations and psql."""

# ruff: noqa: PLC0415

import sys

import click

from bot.cli.database import database_url
from bot.cli.root import main


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Run the migrations, up to REVISION."""
    from db import schema

    with database_url() as url:
        schema.upgrade(url, revision)
    click.echo(f"The database is at migration {revision} ({schema.head()}).")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def shell(arguments: tuple[str, ...]) -> None:
    """Open psql on the database; ARGUMENTS go to psql."""
    from db.shell import open_shell

    with database_url() as url:
        sys.exit(open_shell(url, arguments))
