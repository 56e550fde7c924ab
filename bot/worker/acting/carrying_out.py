"""Calls that an operator decided: carried out once, and told to whom they are for."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from procrastinate import App

from bot.chat.approval import sentences
from bot.chat.approval.question import name_of
from bot.languages.speaking import speak
from bot.tools import words
from bot.tools.protocol import Caller, Toolbox, ToolSpec
from bot.tools.running import STANDSTILL_SECONDS, Runner
from bot.worker.jobs import BackOff
from db.queue.jobs import ANSWERS, CARRY_OUT_CALL
from db.records import Call, CallState
from db.support.allowing import Allowing, Whom
from db.tools.calls import ToolCalls

log = logging.getLogger(__name__)

MOST_TRIES = 1000
BROKEN_OFF = "the process ended before it was known"
TOLD: dict[CallState, str] = {
    "done": sentences.TEAM_DID, "refused": sentences.TEAM_REFUSED,
    "failed": sentences.TEAM_UNCLEAR, "unknown": sentences.TEAM_UNCLEAR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """Carries out what operators allowed; `lasts`: how long a person has their case."""

    box: Toolbox
    ledger: ToolCalls
    allowing: Allowing
    lasts: timedelta | None

    def carry_out(self, call_id: UUID) -> None:
        """Make a call that was allowed, if that is not done, and tell its user once.

        Killed anywhere and called again it repeats nothing. Raises
        StoreUnavailableError.
        """
        call = self.allowing.find(call_id)
        whom = self.allowing.whom(call.user_id) if call else None
        if call is None or whom is None:
            return  # they were erased
        if call.state in {"waiting", "intent"}:
            call = self._make(call, whom)
        if sentence := TOLD.get(call.state):
            told = speak(whom.language, sentence, what=name_of(call))
            self.allowing.tell(call, told, self.lasts)

    def _make(self, call: Call, whom: Whom) -> Call:
        runner, began = Runner(self.box, self.ledger), time.monotonic()
        is_new = self.allowing.begin(call)
        call = self.allowing.find(call.call_id) or call
        if call.state != "intent":
            return call  # it was not allowed, or is settled
        spec = self._find(call.tool)
        if spec is None:
            why = f"there is no tool {call.tool} any more"
            if not is_new:  # it may have had its effect
                return runner.settle(call, "unknown", words.UNKNOWN, why)
            return runner.settle(call, "failed", words.FAILED.format(why=why), why)
        stood_still = time.monotonic() - began > STANDSTILL_SECONDS
        if spec.effects == "once" and (stood_still or not is_new):
            return runner.settle(call, "unknown", words.UNKNOWN, BROKEN_OFF)
        return runner.run(call, spec, _caller(call, whom), spec.seconds)

    def _find(self, tool: str) -> ToolSpec | None:
        return next((spec for spec in self.box.offered() if spec.name == tool), None)


def _caller(call: Call, whom: Whom) -> Caller:
    return Caller(
        user_id=call.user_id,
        address=whom.address or "",
        chat_id=call.chat_id,
        name=whom.name,
        language=whom.language,
    )


def register_carrying_out(queue: App, carrying_out: CarryingOut) -> None:
    """Register the task that deciding about a call defers."""

    @queue.task(name=CARRY_OUT_CALL, queue=ANSWERS, retry=BackOff(30, MOST_TRIES))
    def carry_out_call(call_id: str) -> None:
        carrying_out.carry_out(UUID(call_id))
