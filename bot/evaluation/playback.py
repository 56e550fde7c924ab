"""Tools, their ledger and their gate, as the past had them: nothing is called.

What the LLM asks of tools is answered as the same asking was answered then, in that
order. What was not asked then has no answer: the LLM is told so, and so is whoever
looks at the outcome. Nothing is written anywhere but in here, for one answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bot.evaluation.situations import Divergence
from bot.tools.gate import Gate, Verdict
from bot.tools.protocol import Caller, ToolFailedError, ToolSpec
from bot.tools.schemas import as_json
from db.records import Call, CalledFor, CallState, Decided, Writing
from db.records.evaluation import Situation

# For the LLM.
NOT_RECORDED = (
    "Not called: this conversation is played back, and nothing is known of what this"
    " call would bring. Answer with what you know."
)
# For an operator.
WAS_NOT_ASKED = "it was not asked for then"
WAS_NOT_MADE = "nobody had allowed it then"
NOT_AS_OFTEN = "it was asked for more often than then"
IS_NOT_ASKED = "it was asked for then, and is not now"
IS_NOT_OFFERED = "it was asked for then, and is not offered now"
# Of calls whose outcome nobody knows.
OPEN = ("waiting", "intent", "refused")


class OnlyOffered:
    """A toolbox of what can be offered, and never called."""

    def __init__(self, specs: Sequence[ToolSpec]) -> None:
        self._specs = tuple(specs)

    def offered(self) -> Sequence[ToolSpec]:
        """Return what is offered: see Toolbox."""
        return self._specs

    def call(
        self,
        name: str,
        _arguments: Mapping[str, Any],
        _caller: Caller,
        _key: UUID,
        _seconds: float,
    ) -> str:
        """Raise ToolFailedError: nothing is called here."""
        raise ToolFailedError(f"{name} is not called in a replay")


class Playback(OnlyOffered):
    """The Toolbox, Ledger and Gate of one situation.

    `gate` decides as it does for new calls; what it lets through has the state and the
    result that the past gave it.
    """

    def __init__(
        self, situation: Situation, specs: Sequence[ToolSpec], gate: Gate
    ) -> None:
        super().__init__(specs)
        self._situation, self._gate = situation, gate
        self._calls: dict[UUID, Call] = {call.call_id: call for call in situation.known}
        self._recorded = list(situation.calls)
        self._given: dict[UUID, Call] = {}
        self._next: Call | None = None
        self._divergences: list[Divergence] = []

    @property
    def calls(self) -> tuple[Call, ...]:
        """What the LLM asked for now, and was shown, in its order."""
        return tuple(self._calls.values())

    @property
    def divergences(self) -> tuple[Divergence, ...]:
        """What was asked for now or then, and not both times."""
        names = {spec.name for spec in self._specs}
        left = (
            Divergence(
                call.tool,
                call.arguments,
                IS_NOT_ASKED if call.tool in names else IS_NOT_OFFERED,
            )
            for call in self._recorded
        )
        return (*self._divergences, *left)

    def decide(self, spec: ToolSpec, arguments: Mapping[str, Any]) -> Verdict:
        """Return what becomes of a new call: see Gate."""
        verdict = self._gate.decide(spec, arguments)
        self._next = self._take(spec.name, arguments)
        why = self._why_not(spec.name, arguments, begins=verdict.state == "intent")
        if why is None:
            return verdict
        self._divergences.append(Divergence(spec.name, arguments, why))
        return (
            Verdict("refused", NOT_RECORDED) if verdict.state == "intent" else verdict
        )

    def _take(self, tool: str, arguments: Mapping[str, Any]) -> Call | None:
        """Take the next call of then that asked the same off the tape."""
        for call in self._recorded:
            if _is_same(call, tool, arguments):
                self._recorded.remove(call)
                return call
        return None

    def _why_not(
        self, tool: str, arguments: Mapping[str, Any], *, begins: bool
    ) -> str | None:
        """Return why a call is not played back; None: it is."""
        if self._next is not None:
            return WAS_NOT_MADE if begins and self._next.state in OPEN else None
        was = (*self._situation.calls, *self._situation.known)
        is_more = any(_is_same(call, tool, arguments) for call in was)
        return NOT_AS_OFTEN if is_more else WAS_NOT_ASKED

    def write(self, call: Call, _asked_for: CalledFor) -> Writing:
        """Keep a call for this answer: see Ledger."""
        now = datetime.now(UTC)
        self._calls[call.call_id] = replace(call, created_at=now, started_at=now)
        if self._next is not None:
            self._given[call.call_id] = self._next
        return "begun"

    def begin_again(self, _call_id: UUID, _asked_for: CalledFor) -> Writing:
        """Begin nothing: what was begun then is settled: see Ledger."""
        return "begun"

    def call(
        self,
        _name: str,
        _arguments: Mapping[str, Any],
        _caller: Caller,
        key: UUID,
        _seconds: float,
    ) -> str:
        """Return what the same call said then; nothing is called: see Toolbox."""
        return self._given[key].result or ""

    def settle(
        self,
        call_id: UUID,
        _state: CallState,
        _result: str,
        _error: str | None = None,
    ) -> bool:
        """Settle a call as it was settled then: see Ledger.

        False: it is settled already, and whoever asked looks it up.
        """
        known = self._given.get(call_id)
        if known is not None:
            self._calls[call_id] = replace(
                self._calls[call_id],
                state=known.state,
                result=known.result,
                error=known.error,
                approved_by=known.approved_by,
            )
        return False

    def find(self, _message_sid: str) -> Sequence[Call]:
        """Return the calls of the batch: see Ledger."""
        return self.calls

    def find_done(self, _user_id: UUID) -> Sequence[Call]:
        """Return the user's calls that had their effect by then: see Ledger."""
        return self._situation.done


class WaitingThen:
    """The Approvals of one situation: what waited then, or waits now; see there."""

    def __init__(self, situation: Situation, playback: Playback) -> None:
        self._situation, self._playback = situation, playback

    def find(self, call_id: UUID, _user_id: UUID) -> Call | None:
        """Return a call, as it was once this batch had come."""
        known = (*self._playback.calls, *self._situation.waiting)
        return next((call for call in known if call.call_id == call_id), None)

    def waiting(self, _user_id: UUID, tools: Collection[str]) -> Sequence[Call]:
        """Return what waits for the user, the newest first: as old as it was then."""
        age = datetime.now(UTC) - self._situation.at
        before = (
            replace(call, created_at=call.created_at and call.created_at + age)
            for call in self._situation.waiting
        )
        mine = [call for call in self._playback.calls if call.state == "waiting"]
        return [call for call in (*reversed(mine), *before) if call.tool in tools]

    def decide(
        self, _call_id: UUID, _asked_for: CalledFor, _decided: Decided
    ) -> Writing:
        """Decide nothing: what was decided then is settled."""
        return "taken"

    def drop(self, _call_ids: Collection[UUID], _why: str, _told: str) -> None:
        """Drop nothing."""


def _is_same(call: Call, tool: str, arguments: Mapping[str, Any]) -> bool:
    return call.tool == tool and as_json(call.arguments) == as_json(arguments)
