"""Cases judged one after the other, for no more than they may cost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.evaluation.cases.nouns import Case
from bot.evaluation.judged.checks import PLAYBACK, Check, WithParts, check
from bot.evaluation.judged.judge import Judge, not_judged
from bot.evaluation.situations import Anew, Outcome
from bot.money.meter import BudgetSpentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case: its checks, what would be said, and what it cost.

    `cost` is that of the answer and of the judge, in the currency of PRICES.
    """

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
        counted = [one for one in self.checks if one.kind != PLAYBACK]
        return round(sum(one.score for one in counted) / len(counted), 4)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(one for one in self.checks if not one.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """What judges answers: checks, and a judge, where one is set.

    Without `needs_judge`, what only a judge could tell is left out where there is none.
    `spent` tells what was spent so far; None: it is not known.
    """

    anew: Anew
    with_parts: WithParts
    judge: Judge | None = None
    needs_judge: bool = True
    spent: Callable[[], Decimal | None] = lambda: None

    def try_cases(self, cases: Iterable[Case]) -> Iterator[Result]:
        """Yield what became of each case; end before one that costs too much."""
        for case in cases:
            result = self._try(case)
            if result is None:
                return
            yield result

    def _try(self, case: Case) -> Result | None:
        """Have a case answered, and judge that; None: the money is not enough."""
        before = self.spent()
        outcome = self.anew.answer(case.situation)
        if outcome.is_beyond:
            return None
        checks = check(case, outcome, self.with_parts)
        try:
            checks += self._judge(case, outcome)
        except BudgetSpentError:
            return None
        after = self.spent()
        cost = None if before is None or after is None else after - before
        return Result(case=case, checks=tuple(checks), outcome=outcome, cost=cost)

    def _judge(self, case: Case, outcome: Outcome) -> list[Check]:
        if outcome.reply is None or not case.expects.judge:
            return []
        if self.judge is not None:
            return self.judge.judge(case, outcome.text)
        return not_judged(case) if self.needs_judge else []
