"""`bot retention`: purge what is old."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, read_settings
from bot.cli.root import main

if TYPE_CHECKING:
    from db.privacy.retention import Purged


@main.group()
def retention() -> None:
    """Close, archive and delete what is old (RETENTION_… in .env)."""


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only count what is due now.")
def run(dry_run: bool) -> None:
    """Do now what the worker does every hour, until nothing is due."""
    from db.privacy.retention import run_retention

    ages = read_settings().ages
    if dry_run:
        click.echo("What a run would do now; nothing was changed:")
    more = False
    with migrated_database() as database:
        click.echo(f"{'step':33} {'rows':>10}  after")
        for purged in run_retention(database, ages, dry_run=dry_run):
            click.echo(_describe(purged))
            more = more or not purged.whole
    if more:
        click.echo(
            "Where a + stands, somebody was working on some of it: run this again for "
            "the rest."
        )


def _describe(purged: "Purged") -> str:
    if purged.age is None:
        return f"{purged.name:33} {'':10}  never"
    amount = f"{purged.amount:,}{'' if purged.whole else '+'}"
    days = "1 day" if purged.age.days == 1 else f"{purged.age.days} days"
    after = f"  {days}" if purged.age else ""
    return f"{purged.name:33} {amount:>10}{after}"
