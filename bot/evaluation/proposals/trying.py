"""A proposal tried on the conversations behind it, before anything is changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.evaluation.situations import Anew, Change, Outcome, Situation
from db.records.evaluation.proposals import ProposalKind, Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """One situation, and what is said to it with the proposal."""

    situation: Situation
    outcome: Outcome

    @property
    def is_changed(self) -> bool:
        """Whether something else is said than was said then."""
        return self.outcome.error is None and self.outcome.text != self.situation.said


def change_of(kind: ProposalKind, title: str, text: str) -> Change | None:
    """Return what a proposal changes about answers; None: nothing.

    A canned reply is for people: no answer of the bot's stands on it.
    """
    if kind == "entry":
        return Change(entries={title: f"{title}\n{text}"})
    return Change(rules=(text,)) if kind == "rule" else None


def estimate(anew: Anew, situations: Sequence[Situation]) -> Decimal | None:
    """Return about what trying costs at most; None without prices."""
    costs = [anew.estimate(situation) for situation in situations]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known else None


def try_on(anew: Anew, situations: Iterable[Situation]) -> Iterator[Tried]:
    """Yield what is said to each; it ends where there is no money left for the next."""
    for situation in situations:
        outcome = anew.answer(situation)
        if outcome.is_beyond:
            return
        yield Tried(situation, outcome)


def judge(tried: Sequence[Tried]) -> Verdict:
    """Return what came of it in numbers."""
    costs = [one.outcome.cost for one in tried if one.outcome.cost is not None]
    return Verdict(
        judged=len(tried),
        changed=sum(one.is_changed for one in tried),
        failed=sum(one.outcome.error is not None for one in tried),
        spent=str(sum(costs, Decimal(0))) if costs else None,
    )
