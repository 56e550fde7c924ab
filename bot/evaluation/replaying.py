"""A replay: answers of the past given anew, one after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.evaluation.purse import Purse
from bot.evaluation.situations import Anew, Outcome
from db.records import Call
from db.records.evaluation import ReplayAnswer, Situation
from db.records.money import MILLION

LONGEST_TOLD = 2000
NOT_KEPT = "what it stood on is not kept any more"


class EnoughError(Exception):
    """The next answer could cost more than may be spent: it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Gives answers anew. `load` returns a situation by its answer's reference_id."""

    anew: Anew
    load: Callable[[UUID], Situation | None]
    purse: Purse | None = None

    def answer(self, waiting: Iterable[ReplayAnswer]) -> Iterator[ReplayAnswer]:
        """Yield each answer with what came of it.

        Raises EnoughError before one that could be beyond what may be spent.
        """
        for one in waiting:
            situation = self.load(one.reference_id)
            if situation is None:
                yield replace(one, state="failed", error=NOT_KEPT)
                continue
            self._check(self.anew.estimate(situation))
            outcome = self.anew.answer(situation)
            if outcome.is_beyond:
                raise EnoughError
            yield settled(one, outcome)

    def _check(self, estimate: Decimal | None) -> None:
        if self.purse and estimate and not self.purse.has(int(estimate * MILLION)):
            raise EnoughError


def settled(one: ReplayAnswer, outcome: Outcome) -> ReplayAnswer:
    """Return an answer of a replay with what came of it."""
    told = {
        "calls": [_call(call) for call in outcome.calls],
        "divergences": [
            {"tool": each.tool, "arguments": dict(each.arguments), "why": each.why}
            for each in outcome.divergences
        ],
        "notes": list(outcome.notes),
    }
    cost = None if outcome.cost is None else int(outcome.cost * MILLION)
    done = replace(
        one,
        told=told,
        cost_micros=cost,
        seconds=Decimal(str(round(outcome.seconds, 3))),
    )
    if outcome.reply is None:
        return replace(done, state="failed", error=outcome.error)
    turn = outcome.reply.turn
    return replace(
        done,
        state="done",
        after=turn.content,
        is_same=turn.content == one.before,
        told={**told, "sources": outcome.reply.sources},
        model=turn.model,
        tokens=turn.tokens_used,
    )


def _call(call: Call) -> Mapping[str, Any]:
    return {
        "tool": call.tool,
        "arguments": dict(call.arguments),
        "state": call.state,
        "result": (call.result or "")[:LONGEST_TOLD],
    }
