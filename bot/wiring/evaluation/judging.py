"""What judges cases: answers anew, checks, and a judge on the same purse."""

# ruff: noqa: PLC0415

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.evaluation.answering import build_anew, costs_of
from bot.wiring.evaluation.spending import build_meter_apart
from bot.wiring.money.metering import build_llm
from bot.wiring.talk import build_parting
from db.database import Database
from db.errors import OperatorError

if TYPE_CHECKING:
    from threading import Event

    from bot.evaluation.again import Again
    from bot.evaluation.cases.nouns import Case
    from bot.evaluation.judged.judge import Judge
    from bot.evaluation.judged.judging import Court
    from bot.evaluation.situations import Change
    from bot.llm.account import LLMServer

PURPOSE, JUDGING = "evaluate", "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried on which server, for how much money at most, and who judges it."""

    server: "LLMServer"
    change: "Change"
    most_micros: int | None = None
    needs_judge: bool = True
    stopping: "Event | None" = field(default=None)

    @property
    def model(self) -> str:
        """The model that is judged."""
        return self.change.model or self.server.model


def build_court(settings: Settings, database: Database, trial: Trial) -> "Court":
    """Return what judges cases. Raises OperatorError where a model would judge itself.

    What may be spent, and what was, is the answers' and the judge's together.
    """
    from bot.evaluation.judged.judging import Court

    _require_another(settings, trial.model)
    anew = build_anew(
        settings,
        database,
        trial.server,
        trial.change,
        purpose=PURPOSE,
        most_micros=trial.most_micros,
        stopping=trial.stopping,
    )
    purse = anew.purse
    return Court(
        anew=anew,
        with_parts=build_parting(settings),
        judge=_build_judge(settings, anew),
        needs_judge=trial.needs_judge,
        spent=lambda: purse.spent if purse else None,
    )


def _require_another(settings: Settings, model: str) -> None:
    """Raise OperatorError if the judge is the model that is judged."""
    judge = settings.judge
    if judge is not None and judge.model.casefold() == model.casefold():
        raise OperatorError(
            f"JUDGE_MODEL is {judge.model}, which is the model that is judged, and "
            "none judges itself. Set JUDGE_MODEL to another one, or leave it out and "
            "say --without-judge"
        )


def estimate(court: "Court", cases: "list[Case]") -> Decimal | None:
    """Return what answering and judging cases may cost at most; None: not known."""
    known = [court.anew.estimate(case.situation) for case in cases]
    if court.judge is not None:
        known += [court.judge.estimate(case) for case in cases]
    costs = [cost for cost in known if cost is not None]
    return sum(costs, Decimal()) if len(costs) == len(known) else None


def _build_judge(settings: Settings, anew: "Again") -> "Judge | None":
    from bot.evaluation.judged.judge import Judge

    if settings.judge is None:
        return None
    meter = build_meter_apart(settings, anew.purse)
    costs = costs_of(settings, settings.judge)
    return Judge(build_llm(settings.judge, meter, JUDGING), costs)
