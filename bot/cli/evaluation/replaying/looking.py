"""`bot replays`: what was replayed, and what came of it."""

# ruff: noqa: PLC0415

from functools import partial
from pathlib import Path

import click

from bot.cli.database import migrated_database
from bot.cli.root import main
from bot.cli.show import show_table
from bot.terminal import Column

COLUMNS = (
    Column("replay", right=True),
    Column("begun"),
    Column("of", least=12),
    Column("model", least=8, spare=2),
    Column("prompt", spare=3),
    Column("knowledge", spare=4),
    Column("same", right=True),
    Column("other", right=True),
    Column("failed", right=True, spare=1),
    Column("left", right=True),
)


@main.group(invoke_without_command=True)
@click.pass_context
def replays(ctx: click.Context) -> None:
    """Look at replays: list them, or show one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@replays.command("list")
def list_() -> None:
    """List replays, the newest first."""
    from db.evaluation.replays import Replays

    with migrated_database() as database:
        found = Replays(database).newest()
    rows = [
        (
            str(one.id),
            f"{one.created_at:%Y-%m-%d %H:%M}",
            one.asked_for,
            one.model or "as set",
            "another" if one.prompt else "as set",
            one.knowledge,
            f"{one.same:,}",
            f"{one.other:,}",
            f"{one.failed:,}",
            f"{one.waiting:,}",
        )
        for one in found
    ]
    if rows:
        show_table(COLUMNS, rows)
    else:
        click.echo("There are no replays.", err=True)


@replays.command()
@click.argument("replay", type=int)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write both answers side by side to a page.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(replay: int, html: Path | None, as_json: bool) -> None:
    """Show what was said then, and what would be now."""
    from bot.cli.evaluation.replaying.showing import show_result
    from db.evaluation.replays import Replays

    with migrated_database() as database:
        kept = Replays(database)
        answers = partial(kept.answers, replay)
        show_result(kept.find(replay), answers, html, as_json=as_json)
