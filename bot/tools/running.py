"""One call, from its intent to its outcome, whatever breaks on the way."""

import logging
import time
from dataclasses import dataclass, replace

from bot.llm.protocol import LLMError
from bot.observability import TOOL_CALLS
from bot.tools import words
from bot.tools.ledger import Ledger
from bot.tools.protocol import (
    MOST_RESULT_BYTES,
    Caller,
    Toolbox,
    ToolFailedError,
    ToolSpec,
    ToolUnclearError,
)
from bot.tools.shown import cut
from db.records import Call, CalledFor, CallState, Writing

log = logging.getLogger(__name__)

# A process that stood still between intent and effect asks once more: what it was about
# to do may be settled by now as what nobody knows, and be done by hand.
STANDSTILL_SECONDS = 3.0
MOST_LOOKS = 3
# One that honours its key is asked once more at once.
TRIES = {"none": 1, "keyed": 2, "once": 1}


class NobodyWaitsError(LLMError):
    """Nobody is to be answered any more, or somebody else is at it."""

    def __init__(self) -> None:
        super().__init__("the answer is somebody else's by now: no tool was called")


class OvertakenError(LLMError):
    """Newer messages came before a call began: the LLM has to be asked with them."""

    def __init__(self) -> None:
        super().__init__("newer messages came before a tool was called")


@dataclass(frozen=True, slots=True)
class Runner:
    """Begins calls, makes them, and writes what came of them."""

    box: Toolbox
    ledger: Ledger
    standstill: float = STANDSTILL_SECONDS

    def write(self, call: Call, asked_for: CalledFor) -> Call:
        """Write a call as it is. Raises OvertakenError, NobodyWaitsError.

        An intent may be made once this returns.
        """
        before = time.monotonic()
        _check(self.ledger.write(call, asked_for))
        if call.state == "intent":
            self._look_again(call, asked_for, before)
        return call

    def begin_again(self, call: Call, asked_for: CalledFor) -> bool:
        """Ask for an intent of an earlier try; False: it is settled by now.

        What was written since does not matter: it may have taken effect before.
        Raises NobodyWaitsError.
        """
        before, any_turns = time.monotonic(), replace(asked_for, turns=None)
        if (found := self.ledger.begin_again(call.call_id, any_turns)) == "taken":
            return False
        _check(found)
        self._look_again(call, asked_for, before)
        return True

    def _look_again(self, call: Call, asked_for: CalledFor, before: float) -> None:
        any_turns = replace(asked_for, turns=None)
        for _ in range(MOST_LOOKS):
            now = time.monotonic()
            if now - before < self.standstill:
                return
            log.warning("a tool was about to be called for long: it is asked again")
            before = now
            _check(self.ledger.begin_again(call.call_id, any_turns))
        raise LLMError("the ledger of calls answers too slowly: no tool was called")

    def run(self, call: Call, spec: ToolSpec, caller: Caller, seconds: float) -> Call:
        """Make a call whose intent stands; return it settled."""
        state, result, error = self._outcome(call, spec, caller, seconds)
        return self.settle(call, state, result, error)

    def settle(
        self, call: Call, state: CallState, result: str, error: str | None = None
    ) -> Call:
        """Write what came of a call, of which the ledger keeps a bound.

        Return the call as it stands then.
        """
        result = cut(result, MOST_RESULT_BYTES)
        error = error and cut(error, MOST_RESULT_BYTES)
        if self.ledger.settle(call.call_id, state, result, error):
            TOOL_CALLS.labels(state).inc()
            if state == "unknown":
                log.error("whether the tool %s took effect is not known", call.tool)
            return replace(call, state=state, result=result, error=error)
        rows = self.ledger.find(call.message_sid)
        found = next((one for one in rows if one.call_id == call.call_id), None)
        if found is None:
            raise NobodyWaitsError
        return found

    def _outcome(
        self, call: Call, spec: ToolSpec, caller: Caller, seconds: float
    ) -> tuple[CallState, str, str | None]:
        why = ""
        for _ in range(TRIES[spec.effects]):
            try:
                told = self.box.call(
                    spec.name, call.arguments, caller, call.call_id, seconds
                )
                return "done", told.strip() or words.EMPTY, None
            except ToolFailedError as error:
                return "failed", words.FAILED.format(why=error), str(error)
            except ToolUnclearError as error:
                why = str(error)
            except Exception as error:  # noqa: BLE001 - a toolbox that breaks its word
                why = f"it raised {type(error).__name__}"
            log.warning("the tool %s gave no answer: %s", spec.name, why)
        if spec.effects == "none":
            return "failed", words.NO_ANSWER.format(why=why), why
        return "unknown", words.UNKNOWN, why


def _check(found: Writing) -> None:
    if found == "overtaken":
        raise OvertakenError
    if found != "begun":
        raise NobodyWaitsError
