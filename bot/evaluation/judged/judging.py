"""Cases judged one after the other, for no more than they may cost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.evaluation.cases.nouns import Case
from bot.evaluation.judged.checks import Check, WithParts, check
from bot.evaluation.judged.judge import Judge, not_judged
from bot.evaluation.situations import Anew, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case: its checks, what would be said, and what it cost."""

    case: Case
    checks: tuple[Check, ...]
    outcome: Outcome
    cost: Decimal | None = None

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(one.passed for one in self.checks)

    @property
    def score(self) -> float:
        """How much of its checks passed, from 0 to 1."""
        return round(sum(one.score for one in self.checks) / len(self.checks), 4)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(one for one in self.checks if not one.passed)


@dataclass(frozen=True, slots=True)
class Court:
    """What judges answers: checks, and a judge, where one is set.

    Without `needs_judge`, what only a judge could tell is left out where there is none.
    """

    anew: Anew
    with_parts: WithParts
    judge: Judge | None = None
    needs_judge: bool = True

    def try_case(self, case: Case) -> Result:
        """Have a case answered, and judge that."""
        outcome = self.anew.answer(case.situation)
        checks = check(case, outcome, self.with_parts)
        cost: Decimal | None = None
        if outcome.reply is not None and case.expects.judge:
            judged, cost = self._judge(case, outcome.text)
            checks += judged
        costs = [one for one in (outcome.cost, cost) if one is not None]
        total = sum(costs, Decimal()) if costs else None
        return Result(case=case, checks=tuple(checks), outcome=outcome, cost=total)

    def _judge(self, case: Case, answer: str) -> tuple[list[Check], Decimal | None]:
        if self.judge is not None:
            return self.judge.judge(case, answer)
        return (not_judged(case) if self.needs_judge else []), None


@dataclass(slots=True)
class Purse:
    """What may be spent, and what was; None: as much as it costs."""

    most: Decimal | None = None
    spent: Decimal | None = None

    def allows(self, estimate: Decimal | None) -> bool:
        """Tell whether so much more may be spent; what nobody can tell may not."""
        if self.most is None:
            return True
        return estimate is not None and (self.spent or 0) + estimate <= self.most

    def pay(self, cost: Decimal | None) -> None:
        """Count what was spent."""
        if cost is not None:
            self.spent = (self.spent or Decimal()) + cost


def try_cases(
    court: Court,
    cases: Sequence[Case],
    purse: Purse,
    estimate: Callable[[Case], Decimal | None],
) -> Iterator[Result]:
    """Yield what became of each case; end before one that the purse does not allow."""
    for case in cases:
        if not purse.allows(estimate(case)):
            return
        result = court.try_case(case)
        purse.pay(result.cost)
        yield result
