"""`bot stats`: what happened, in numbers, and as a picture."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import read_settings, reading
from bot.cli.root import main
from bot.cli.show import readable_time
from bot.terminal import Column, one_line, table, terminal_width
from db.errors import OperatorError
from db.files import writing_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from db.queries.statistics import Numbers, Statistics

PLOTS = (".svg", ".png")
# What goes first where a terminal is narrow.
SPARE = {
    "thumbs up": 11, "thumbs down": 10, "p99": 9, "p50": 8, "chats": 7, "new users": 6,
    "resolved in": 5, "tokens": 4, "answered in": 3, "p95": 2, "handoffs": 1,
    "limited": 1,
}  # fmt: skip
HEAD = (
    "day", "new users", "chats", "messages", "answers", "tokens", "p50", "p95", "p99",
    "failed", "handoffs", "answered in", "resolved in", "limited", "thumbs up",
    "thumbs down",
)  # fmt: skip
COLUMNS = tuple(Column(name, right=True, spare=SPARE.get(name, 0)) for name in HEAD)
INCHES = (11.0, 8.5)
MARGINS = {
    "left": 0.07, "right": 0.97, "bottom": 0.05, "top": 0.89, "hspace": 0.45,
    "wspace": 0.18,
}  # fmt: skip
INK, FAINT = "#3d4451", "#e3e6ea"
BLUE, GREEN, YELLOW, RED = "#8fb0dc", "#1f7a63", "#e0a030", "#c8453b"
STYLE: Any = {
    "axes.edgecolor": FAINT, "axes.grid": True, "axes.grid.axis": "y",
    "axes.axisbelow": True, "axes.titlecolor": INK, "axes.titlelocation": "left",
    "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlepad": 10,
    "axes.spines.left": False, "axes.spines.right": False, "axes.spines.top": False,
    "font.family": "DejaVu Sans", "grid.color": FAINT, "legend.borderaxespad": 0,
    "legend.borderpad": 0, "legend.columnspacing": 1.4, "legend.fontsize": 9,
    "legend.frameon": False, "legend.handlelength": 1.2, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK,
    "xtick.labelsize": 9, "ytick.labelsize": 9, "ytick.left": False,
}  # fmt: skip
PLAN: Any = [["said", "said"], ["seconds", "tokens"], ["people", "failures"]]


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
@click.option(
    "--money", is_flag=True,
    help="What was spent: by day, purpose, model, person and chat, and on budgets.",
)  # fmt: skip
def stats(days: int, as_json: bool, plot: Path | None, money: bool) -> None:
    """Show what happened in the last DAYS, day by day (in UTC).

    Messages are those of users, answers those of the LLM; p50, p95 and p99 are the
    seconds that 50, 95 and 99 in 100 of its answers did not exceed. Failed are the
    bot's messages that were not delivered, as long as they are kept: archiving a chat
    drops them. Handoffs are tickets that were opened, with the median times to a
    person's first word and to the end of those that had it on that day. Limited are
    answers that a limit stood before, such as ANSWERS_PER_DAY. Days before the
    first one that had anything are left out. Labels are those of chats that were
    opened in these days and went quiet since.

    With --money, days are those of TIMEZONE.
    """
    if money:
        _tell_money(days, as_json, plot)
    else:
        _tell_days(days, as_json, plot)


def _tell_days(days: int, as_json: bool, plot: Path | None) -> None:
    from db.queries.labels import count_labels
    from db.queries.statistics import measure

    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise OperatorError(
            f"{plot} is no picture: its name has to end in .svg or .png"
        )
    with reading() as connection:
        now = datetime.now(UTC)
        found = measure(connection, days, now)
        labels = count_labels(connection, days, now)
    if plot is not None:
        _draw(found, plot)
    told = [json.dumps({**_as_json(found), "labels": labels})]
    for line in told if as_json else (*_as_lines(found), *_label_lines(labels)):
        click.echo(line)
    if plot is not None:
        click.echo(f"Drawn: {plot}", err=True)


def _tell_money(days: int, as_json: bool, plot: Path | None) -> None:
    from bot.cli.money import costs
    from db.queries.money import measure_money

    if plot is not None:
        raise OperatorError("--money is not drawn: leave --plot out")
    today = datetime.now(read_settings().money.timezone).date()
    with reading() as connection:
        found = measure_money(connection, days, today)
    told = [json.dumps(costs.as_json(found))] if as_json else costs.as_lines(found)
    for line in told:
        click.echo(line)


def _as_json(statistics: "Statistics") -> dict[str, Any]:
    told = asdict(statistics)
    days = statistics.days.items()
    told["days"] = [{"day": day.isoformat(), **asdict(told)} for day, told in days]
    return told


def _as_lines(statistics: "Statistics") -> Iterator[str]:
    """Yield what there is, and a table from the first day on that had anything."""
    yield (
        f"{statistics.users:,} users, {statistics.all_chats:,} chats, "
        f"{statistics.active_chats:,} of them active"
    )
    if statistics.held:
        yield (
            f"{statistics.held:,} messages are held until their users write "
            "(:held in bot db shell)"
        )
    yield ""
    told = [*dropwhile(_is_empty, statistics.days.items())]
    if not told:
        yield (
            f"Nothing happened in the last {len(statistics.days)} days."
            if statistics.users
            else "Nobody has written yet."
        )
        return
    rows = [(day.isoformat(), *_cells(numbers)) for day, numbers in told]
    rows.append(("total", *_cells(statistics.total)))
    yield from table(COLUMNS, rows, terminal_width())


def _label_lines(labels: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield a line for each kind of label, if chats have any."""
    yield from ["", "Labels of chats:"] if labels else []
    for kind, counted in labels.items():
        told = ", ".join(f"{label} {chats:,}" for label, chats in counted.items())
        yield f"  {kind:<10}  {one_line(told)}"


def _is_empty(day: "tuple[date, Numbers]") -> bool:
    return not any(asdict(day[1]).values())


def _cells(numbers: "Numbers") -> tuple[str, ...]:
    return tuple(_cell(name, value) for name, value in asdict(numbers).items())


def _cell(name: str, value: float | None) -> str:
    if not value:
        return "·"
    if name.startswith("to_"):
        return readable_time(value)
    return f"{value:.2f} s" if isinstance(value, float) else f"{value:,}"


def _draw(statistics: "Statistics", file: Path) -> None:
    """Draw the days into a file, SVG or PNG by its ending.

    Raises OperatorError where matplotlib is missing or the file can't be written.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise OperatorError(
            "drawing needs matplotlib: install it (pip install matplotlib), or leave "
            "--plot out"
        ) from None
    with rc_context(STYLE):
        figure = Figure(figsize=INCHES)
        figure.subplots_adjust(**MARGINS)
        _fill(figure, statistics)
        _save(figure, file)


def _fill(figure: "Figure", statistics: "Statistics") -> None:
    days, told = list(statistics.days), list(statistics.days.values())
    first, last = days[0], days[-1]
    total = statistics.total
    figure.suptitle(
        f"{total.messages:,} messages and {total.answers:,} answers, {first} to {last}",
        x=0.03, y=0.985, ha="left", va="top", fontsize=15, fontweight="bold",
    )  # fmt: skip
    axes = figure.subplot_mosaic(PLAN)
    _bars(axes["said"], "Messages and answers", days, {
        ("from users", BLUE): [n.messages for n in told],
        ("by the LLM", GREEN): [n.answers for n in told],
    })  # fmt: skip
    _lines(axes["seconds"], "Seconds per answer", days, {
        ("p50", GREEN): [n.p50_seconds for n in told],
        ("p95", YELLOW): [n.p95_seconds for n in told],
        ("p99", RED): [n.p99_seconds for n in told],
    })  # fmt: skip
    tokens = {("", GREEN): [n.tokens for n in told]}
    _bars(axes["tokens"], "Tokens", days, tokens)
    _bars(axes["people"], "New users and chats", days, {
        ("users", BLUE): [n.new_users for n in told],
        ("chats", GREEN): [n.chats for n in told],
    })  # fmt: skip
    failures = {("", RED): [n.failures for n in told]}
    _bars(axes["failures"], "Messages that were not delivered", days, failures)


def _bars(
    axes: "Axes",
    title: str,
    days: Sequence[date],
    series: dict[tuple[str, str], list[int]],
) -> None:
    """Draw the series as bars, beside each other within a day."""
    width = 0.8 / len(series)
    for number, ((label, colour), values) in enumerate(series.items()):
        places = [
            day + (number - (len(series) - 1) / 2) * width for day in range(len(days))
        ]
        axes.bar(places, values, width, color=colour, label=label)
    axes.set_ylim(0, max(1, *(max(values) for values in series.values())) * 1.1)
    _finish(axes, title, days, whole=True)


def _lines(
    axes: "Axes",
    title: str,
    days: Sequence[date],
    series: dict[tuple[str, str], list[float | None]],
) -> None:
    """Draw the series as lines, with a gap where nothing is known."""
    for (label, colour), values in series.items():
        known = [float("nan") if value is None else value for value in values]
        axes.plot(
            range(len(days)), known, color=colour, label=label, lw=1.8, marker="o", ms=3
        )
    axes.set_ylim(bottom=0)
    _finish(axes, title, days, whole=False)


def _finish(axes: "Axes", title: str, days: Sequence[date], *, whole: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(title)
    axes.set_xlim(-0.6, len(days) - 0.4)
    step = max(1, -(-len(days) // 8))
    shown = range(len(days) - 1, -1, -step)
    form = "%d %b" if len(days) < 300 else "%b %Y"
    axes.set_xticks(list(shown), [f"{days[n]:{form}}" for n in shown])
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=whole))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    if any(label for label in axes.get_legend_handles_labels()[1]):
        axes.legend(loc="lower right", bbox_to_anchor=(1.01, 1.03), ncols=3)


def _save(figure: "Figure", file: Path) -> None:
    try:
        with writing_whole(file) as picture:
            form = file.suffix.lower().removeprefix(".")
            figure.savefig(picture, dpi=150, facecolor="white", format=form)
    except OSError as error:
        raise OperatorError(f"{file} can't be written: {error.strerror}") from None
