"""Charts as shapes for SVG: bars and lines over days, with axes of round numbers.

Only where shapes stand is counted here: the template draws them, and escapes.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

WIDTH, HEIGHT = 420, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 18, 10, 24
MOST_TICKS = 5
MOST_DATES = 6
LEAST_BAR = 1.0  # of what is not nothing
FILLED = 0.8  # of a day's width
Kind = Literal["bars", "lines"]


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted, a value a day; None: there is none to tell."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the series with that number, from 1."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A run of days without a gap: the points of a polyline, and each as a dot."""

    series: int
    dots: tuple[tuple[float, float], ...]

    @property
    def points(self) -> str:
        """Return them as SVG writes points."""
        return " ".join(f"{x},{y}" for x, y in self.dots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart; `is_empty`: there is nothing to draw, and the description says so."""

    title: str
    description: str
    days: Sequence[date]
    series: Sequence[Series]
    ticks: Sequence[tuple[float, str]]
    dates: Sequence[tuple[float, str]]
    bars: Sequence[Bar]
    lines: Sequence[Line]
    is_empty: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def draw(
    title: str,
    days: Sequence[date],
    series: Sequence[Series],
    kind: Kind = "bars",
    *,
    whole: bool = True,
) -> Chart:
    """Return the chart of one value a day and series; `whole`: they are counts."""
    known = [value for one in series for value in one.values if value is not None]
    top = _round_up(max(known, default=0), whole=whole)
    scale = _Scale(len(days), top)
    return Chart(
        title=title,
        description=_describe(days, series, whole=whole),
        days=days,
        series=series,
        ticks=[(scale.y(tick), tell(tick)) for tick in _ticks(top, whole=whole)],
        dates=[*_dates(days, scale)],
        bars=[*_bars(series, scale)] if kind == "bars" else [],
        lines=[*_lines(series, scale)] if kind == "lines" else [],
        is_empty=not any(known),
    )


def tell(value: float | None) -> str:
    """Return a value as charts tell it: short, three digits where it is large."""
    if value is None:
        return "none"
    for unit, least, size in (("M", 999_500, 1e6), ("k", 9_995, 1e3)):
        if value >= least:
            return (
                f"{value / size:,.3g} {unit}"
                if value < 1e9
                else f"{value / size:,.0f} {unit}"
            )
    return f"{value:,.0f}" if value == round(value) else f"{value:,.3g}"


@dataclass(frozen=True, slots=True)
class _Scale:
    days: int
    top: float

    @property
    def slot(self) -> float:
        """The width of a day."""
        return (WIDTH - LEFT - RIGHT) / max(self.days, 1)

    def x(self, day: int) -> float:
        """Return the middle of a day."""
        return round(LEFT + (day + 0.5) * self.slot, 1)

    def y(self, value: float) -> float:
        """Return the height at which a value stands."""
        room = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - room * value / self.top, 1)


def _step(most: float, *, whole: bool) -> float:
    """Return 1, 2 or 5 times a power of ten, so that few steps reach the most."""
    if most <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(most / MOST_TICKS))
    found = next(
        step * power for step in (1, 2, 5, 10) if step * power * MOST_TICKS >= most
    )
    return max(found, 1) if whole else found


def _round_up(most: float, *, whole: bool) -> float:
    step = _step(most, whole=whole)
    return max(math.ceil(most / step - 1e-9), 1) * step


def _ticks(top: float, *, whole: bool) -> Iterator[float]:
    step = _step(top, whole=whole)
    for number in range(round(top / step) + 1):
        yield round(number * step, 10)


def _dates(days: Sequence[date], scale: _Scale) -> Iterator[tuple[float, str]]:
    """Yield some of the days, counted back from the last, with their names."""
    every = max(1, math.ceil(len(days) / MOST_DATES))
    for at in range(len(days) - 1, -1, -every):
        yield scale.x(at), f"{days[at].day} {days[at]:%b}"


def _bars(series: Sequence[Series], scale: _Scale) -> Iterator[Bar]:
    width = scale.slot * FILLED / max(len(series), 1)
    for number, one in enumerate(series):
        for day, value in enumerate(one.values):
            if not value:
                continue
            left = scale.x(day) - scale.slot * FILLED / 2 + number * width
            height = max(scale.y(0) - scale.y(value), LEAST_BAR)
            top = round(scale.y(0) - height, 1)
            yield Bar(number + 1, round(left, 1), top, round(width, 2), height)


def _lines(series: Sequence[Series], scale: _Scale) -> Iterator[Line]:
    for number, one in enumerate(series, 1):
        gaps = [day for day, value in enumerate(one.values) if value is None]
        for before, after in pairwise([-1, *gaps, len(one.values)]):
            known = enumerate(one.values[before + 1 : after], before + 1)
            dots = tuple((scale.x(day), scale.y(value or 0)) for day, value in known)
            if dots:
                yield Line(number, dots)


def _describe(days: Sequence[date], series: Sequence[Series], *, whole: bool) -> str:
    told = [_describe_one(days, one, whole=whole) for one in series]
    if not any(told):
        return "Nothing in these days."
    return " ".join(filter(None, told))


def _describe_one(days: Sequence[date], one: Series, *, whole: bool) -> str:
    known = [(value, day) for value, day in zip(one.values, days, strict=True) if value]
    if not known:
        return ""
    most, day = max(known, key=lambda each: each[0])
    total = f"{tell(sum(value for value, _ in known))} in all, " if whole else ""
    return f"{one.label}: {total}the most {tell(most)} on {day.day} {day:%B}."
