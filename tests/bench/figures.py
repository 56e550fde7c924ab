"""From samples to figures: percentiles, ratios, and whether a goal is reached."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# Figures named so tell what the measuring itself took, of the same cores.
DRIVER = "the driver's own CPU"
MOST_APART = 1.15


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all values do not exceed (nearest rank).

    Raises ValueError when there are no values.
    """
    if not values:
        raise ValueError("no values: nothing was measured")
    rank = math.ceil(share * len(values))
    return sorted(values)[max(rank, 1) - 1]


def ratio_of_medians(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return our median as a multiple of theirs."""
    return median(ours) / median(theirs)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach, such as Goal("≥", 0.7)."""

    relation: str
    bound: float

    def is_met_by(self, value: float) -> bool:
        return value >= self.bound if self.relation == "≥" else value <= self.bound


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. A ratio has no unit; `detail` says what lies behind."""

    name: str
    value: float
    unit: str = ""
    goal: Goal | None = None
    detail: str = ""

    @property
    def shown(self) -> str:
        digits = 2 if abs(self.value) < 10 else 1 if abs(self.value) < 100 else 0
        return f"{self.value:,.{digits}f}{' ' + self.unit if self.unit else ''}"

    @property
    def to_reach(self) -> str:
        if self.goal is None:
            return "stated"
        unit = " " + self.unit if self.unit else ""
        return f"{self.goal.relation} {self.goal.bound:g}{unit}"

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "yes" if self.goal.is_met_by(self.value) else "no"
