"""`bot cases collect`: what people did becomes cases, each once."""

# ruff: noqa: PLC0415

from datetime import UTC, datetime, timedelta

import click

from bot.cli.database import migrated_database
from bot.cli.evaluation.cases.group import cases
from bot.cli.schedule import INTERVAL

MOST = 1000
CALLED = {
    "correction": "corrections of operators",
    "gap": "questions without an answer",
    "thumb": "thumbs down",
    "takeover": "answers of a person instead",
}


@cases.command()
@click.option(
    "--since", type=INTERVAL, default="30d", show_default=True,
    help="How far to look back, such as 12h.",
)  # fmt: skip
def collect(since: timedelta) -> None:
    """Make cases of corrections, gaps, thumbs down, and what a person took over.

    Each becomes a case once. What it expects follows by rule: a correction's numbers,
    or its telling words, must be there; what got a thumb down must not be said again; a
    gap must be known. `bot cases edit` says it better, `dismiss` lays it aside.
    """
    from bot.cli.evaluation.cases.making import collect as keep

    with migrated_database() as database:
        kept = keep(database, datetime.now(UTC) - since, MOST)
    for source, told in CALLED.items():
        click.echo(f"{kept.get(source, 0):>5}  {told}")
    if MOST in kept.values():
        click.echo("There may be more: run it again.", err=True)
