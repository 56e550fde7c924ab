"""`bot stats`: what happened, in numbers."""

# ruff: noqa: PLC0415

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import migrated_database
from bot.cli.root import main
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.queries.statistics import Numbers, Statistics

PLOTS = (".svg", ".png")
HEAD = (
    "day", "new users", "chats", "messages", "answers", "tokens", "p50", "p95", "p99",
    "failed",
)  # fmt: skip


@main.command()
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 3660),
    help="How many days, with today.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg|.png",
    help="Draw the days into a file.",
)  # fmt: skip
def stats(days: int, as_json: bool, plot: Path | None) -> None:
    """Show what happened in the last DAYS, day by day (in UTC).

    Messages are those of users, answers those of the LLM; p50, p95 and p99 are the
    seconds that 50, 95 and 99 in 100 of its answers did not exceed. Failed are the
    bot's messages that were not delivered, as long as they are kept: archiving a chat
    drops them.
    """
    from db.queries.statistics import measure

    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise OperatorError(
            f"{plot} is no picture: its name has to end in .svg or .png"
        )
    with migrated_database() as database, database.reading() as connection:
        found = measure(connection, days, datetime.now(UTC))
    if plot is not None:
        from bot.cli.plot import draw

        draw(found, plot)
    click.echo(json.dumps(_as_json(found)) if as_json else _as_table(found))
    if plot is not None:
        click.echo(f"Drawn: {plot}", err=True)


def _as_json(statistics: "Statistics") -> dict[str, Any]:
    told = asdict(statistics)
    days = statistics.days.items()
    told["days"] = [{"day": day.isoformat(), **asdict(told)} for day, told in days]
    return told


def _as_table(statistics: "Statistics") -> str:
    rows: list[tuple[str, ...]] = [HEAD]
    rows += [(day.isoformat(), *_cells(told)) for day, told in statistics.days.items()]
    rows.append(("total", *_cells(statistics.total)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.rjust, row, widths)) for row in rows]
    now = (
        f"{statistics.users:,} users, {statistics.all_chats:,} chats, "
        f"{statistics.active_chats:,} of them active"
    )
    return "\n".join([now, "", *lines])


def _cells(numbers: "Numbers") -> tuple[str, ...]:
    return tuple(map(_cell, asdict(numbers).values()))


def _cell(value: float | None) -> str:
    if not value:
        return "·"
    return f"{value:.2f} s" if isinstance(value, float) else f"{value:,}"
