"""What got worse, case by case, than it was in a baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.evaluation.judged.judging import Result

# worse: it fails now and passed then, or its score fell. failed: it fails, and that
# is all there is to compare with, or it failed then, too.
Verdict = Literal["passed", "failed", "worse", "better"]
ROUNDED = 1e-9


@dataclass(frozen=True, slots=True)
class Past:
    """How a case was judged in a baseline."""

    passed: bool
    score: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A case's result beside the baseline's; `past` None: it is new there."""

    result: Result
    past: Past | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was judged, and which cases of the baseline were not.

    `has_baseline`: only what got worse counts. Without one, every case that fails does.
    """

    cases: tuple[Compared, ...]
    missing: tuple[str, ...] = ()
    has_baseline: bool = False

    @property
    def worse(self) -> tuple[Compared, ...]:
        """Return the cases for which the evaluation is to fail."""
        wanted = "worse" if self.has_baseline else "failed"
        return tuple(one for one in self.cases if one.verdict == wanted)

    @property
    def new(self) -> tuple[Compared, ...]:
        """Return the cases that the baseline does not have."""
        if not self.has_baseline:
            return ()
        return tuple(one for one in self.cases if one.past is None)


def compare(
    results: Sequence[Result],
    baseline: Mapping[str, Past] | None,
    tolerance: float,
    *,
    is_whole: bool = True,
) -> Comparison:
    """Compare results with a baseline's, by the labels of cases; None: there is none.

    Not `is_whole`: only some cases were judged, and none is missing for that.
    """
    past = baseline or {}
    told = tuple(
        _compare(result, past.get(result.case.label), tolerance) for result in results
    )
    labels = {result.case.label for result in results}
    missing = tuple(sorted(past.keys() - labels)) if is_whole else ()
    return Comparison(told, missing, has_baseline=baseline is not None)


def _compare(result: Result, past: Past | None, tolerance: float) -> Compared:
    return Compared(result, past, _verdict(result, past, tolerance))


def _verdict(result: Result, past: Past | None, tolerance: float) -> Verdict:
    if past is None:
        return "passed" if result.passed else "failed"
    fell = past.score - result.score > tolerance + ROUNDED
    if fell or (past.passed and not result.passed):
        return "worse"
    if result.passed and not past.passed:
        return "better"
    return "passed" if result.passed else "failed"
