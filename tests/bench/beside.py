"""Two checkouts compared: the same driver runs the bot of both, lap by lap, in turns.

What else the machine does changes from minute to minute: so each lap's two figures are
divided by each other, and the median of these ratios is what counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import DRIVER, MOST_APART, Figure

HEAD = ("figure", "here", "beside", "here ÷ beside", "of each lap")
Lap = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of both checkouts, lap by lap."""

    here: Sequence[Figure]
    beside: Sequence[Figure]

    @property
    def name(self) -> str:
        return self.here[0].name

    @property
    def ratios(self) -> list[float]:
        pairs = zip(self.here, self.beside, strict=True)
        return [ours.value / theirs.value for ours, theirs in pairs]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def is_apart(self) -> bool:
        """Tell whether it is the driver's CPU, and too unequal for a comparison."""
        apart = max(self.ratio, 1 / self.ratio)
        return self.name.startswith(DRIVER) and apart > MOST_APART

    def row(self) -> tuple[str, ...]:
        laps = ", ".join(f"{ratio:.2f}" for ratio in self.ratios)
        return (
            self.name,
            _median(self.here).shown,
            _median(self.beside).shown,
            f"{self.ratio:.2f}",
            laps,
        )


def compare(here: Sequence[Lap], beside: Sequence[Lap]) -> list[Comparison]:
    """Pair what both have, in the laps in which neither broke; ratios first."""
    laps = [pair for pair in zip(here, beside, strict=True) if all(pair)]
    names = list(laps[0][0]) if laps else []
    found = [_comparison(name, laps) for name in names]
    return sorted(found, key=lambda one: bool(one.here[0].unit))


def _comparison(name: str, laps: Sequence[tuple[Lap, Lap]]) -> Comparison:
    both = [(ours[name], theirs[name]) for ours, theirs in laps]
    return Comparison([ours for ours, _ in both], [theirs for _, theirs in both])


def unequal(found: Sequence[Comparison]) -> list[str]:
    """Return a line on each figure of the driver that forbids a comparison."""
    return [
        f"Not comparable: {one.name} here is {one.ratio:.2f} of the other's."
        for one in found
        if one.is_apart
    ]


def _median(figures: Sequence[Figure]) -> Figure:
    value = median(figure.value for figure in figures)
    return Figure(figures[0].name, value, figures[0].unit)
