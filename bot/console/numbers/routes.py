"""The page of numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import render_template, request

from bot.console.numbers.chart import Chart, Series, draw, tell
from bot.console.numbers.measured import Measured, Measuring
from bot.console.parts import Piece, console
from bot.console.permissions import May, needs
from bot.console.shown import pages_of
from db.queries.money import TotalSpent
from db.records.money import MILLION

SPANS = (7, 30, 90)
UNITS = (("hours", 3600, 2 * 3600), ("minutes", 60, 2 * 60), ("seconds", 1, 0))


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the whole time."""

    label: str
    value: str


def piece() -> Piece:
    """Return the page, and its place in the menu."""
    routes = pages_of("numbers", __name__)
    routes.add_app_template_filter(_exact, "exact")
    measuring = Measuring()

    @needs(May.SEE_NUMBERS)
    def show() -> str:
        given = request.args.get("days")
        days = next((span for span in SPANS if str(span) == given), SPANS[0])
        here = console()
        found = measuring.measure(here.database, days, here.timezone)
        return render_template(
            "numbers/show.html",
            days=days,
            spans=SPANS,
            found=found,
            facts=_facts(found),
            charts=[*_charts(found)],
        )

    routes.get("/numbers")(show)
    return Piece(
        routes=routes, label="Numbers", endpoint="numbers.show", needs=May.SEE_NUMBERS
    )


def _exact(value: float | None) -> str:
    return "none" if value is None else f"{value:,}"


def in_unit(
    series: Sequence[tuple[str, Sequence[float | None]]],
) -> tuple[str, list[Series]]:
    """Return seconds in the unit that fits the longest of them."""
    most = max((v for _, values in series for v in values if v is not None), default=0)
    unit, length = next((u, size) for u, size, least in UNITS if most >= least)
    return unit, [
        Series(label, [None if v is None else round(v / length, 2) for v in values])
        for label, values in series
    ]


def _facts(found: Measured) -> list[Fact]:
    now, total, handed = found.statistics, found.statistics.total, found.handoffs.total
    told = [
        ("Chats that were opened", tell(total.chats)),
        ("New people", tell(total.new_users)),
        ("Messages from people", tell(total.messages)),
        ("Answers of the bot", tell(total.answers)),
        ("Handed over to people", tell(handed.opened)),
        ("First response, half within", _time(handed.p50_seconds)),
        ("Tokens", tell(total.tokens)),
        ("Not delivered", tell(total.failures)),
        ("Active chats now", tell(now.active_chats)),
        *(("Spent", _money(spent)) for spent in found.spent),
    ]
    return [Fact(*each) for each in told]


def _money(spent: TotalSpent) -> str:
    """Return an amount to the hundredth: `bot stats --money` has all of it."""
    return f"{spent.micros / MILLION:,.2f} {spent.currency}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "none yet"
    unit, (series,) = in_unit([("", [seconds])])
    return f"{tell(series.values[0])} {unit}"


def _charts(found: Measured) -> Iterator[Chart]:
    days = [*found.statistics.days]
    told, handed = [*found.statistics.days.values()], [*found.handoffs.days.values()]
    yield draw("Messages and answers", days, [
        Series("From people", [n.messages for n in told]),
        Series("Answers of the bot", [n.answers for n in told]),
    ])  # fmt: skip
    yield draw("Chats and people", days, [
        Series("Chats that were opened", [n.chats for n in told]),
        Series("New people", [n.new_users for n in told]),
    ])  # fmt: skip
    yield draw("Handed over to people", days, [
        Series("Handed over", [n.opened for n in handed]),
        Series("Answered by a person", [n.responded for n in handed]),
        Series("Resolved", [n.resolved for n in handed]),
    ])  # fmt: skip
    unit, series = in_unit([
        ("Half within", [n.p50_seconds for n in handed]),
        ("95 in 100 within", [n.p95_seconds for n in handed]),
    ])  # fmt: skip
    yield draw(f"First response, in {unit}", days, series, "lines", whole=False)
    unit, series = in_unit([
        ("Half within", [n.p50_seconds for n in told]),
        ("95 in 100 within", [n.p95_seconds for n in told]),
    ])  # fmt: skip
    yield draw(f"The LLM's time, in {unit}", days, series, "lines", whole=False)
    yield draw("Tokens", days, [Series("Tokens", [n.tokens for n in told])])
    failed = [Series("Not delivered", [n.failures for n in told])]
    yield draw("Messages that were not delivered", days, failed)
