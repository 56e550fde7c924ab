"""An answer that is made with tools: LLM, calls, LLM, until it says something.

What was called for the batch before, in a try that broke off or for an answer that was
thrown away, is shown first, and never done again.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.llm.protocol import (
    Completion,
    LLMError,
    Prompt,
    Tool,
    ToolCall,
)
from bot.tools import words
from bot.tools.gate import ByDeclaration, Gate
from bot.tools.ledger import Ledger
from bot.tools.protocol import Caller, Toolbox, ToolSpec
from bot.tools.running import Runner
from bot.tools.schemas import ArgumentsError, as_json, read_arguments
from bot.tools.shown import LONGEST_NAME, Shown, summed
from db.records import Call, CalledFor

log = logging.getLogger(__name__)

# Asks an LLM: a prompt, the seconds that are left, the tools that are offered.
Ask = Callable[[Prompt, float, Sequence[Tool]], Completion]
# Looks at an answer and its batch's calls: what to tell the LLM of it; None: it may be.
Check = Callable[[str, Sequence[Call]], str | None]
LEAST_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may call: how often, how often the same, for how long in all.

    `result_bytes` is what the results may have in its prompt, all together.
    """

    calls: int = 8
    identical: int = 2
    seconds: float = 30.0
    result_bytes: int = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an answer is for; `newest_at`: when the last message of its batch came.

    `reads_only`: only tools without any effect are offered. What an earlier try began
    is finished all the same, by its key: it may have had its effect already.
    """

    called_for: CalledFor
    caller: Caller
    newest_at: datetime
    deadline: float
    reads_only: bool = False


@dataclass(frozen=True, slots=True)
class Acted:
    """What the LLM said in the end, and all calls of the batch, in their order.

    `told` are the results, as they were shown.
    """

    completion: Completion
    calls: tuple[Call, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def has_done(self) -> bool:
        """Whether a tool told something."""
        return any(call.state == "done" for call in self.calls)


@dataclass(frozen=True, slots=True)
class Acting:
    """Answers prompts with tools. `gate` decides what may begin without being asked."""

    box: Toolbox
    ledger: Ledger
    gate: Gate = field(default_factory=ByDeclaration)
    limits: Limits = field(default_factory=Limits)

    def offered(self) -> list[Tool]:
        """Return what the LLM is offered now."""
        return [as_tool(spec) for spec in self.box.offered()]

    def complete(
        self, ask: Ask, prompt: Prompt, wanted: Wanted, check: Check | None = None
    ) -> Acted:
        """Return what the LLM says after its calls, each of which is in the ledger.

        An answer that `check` has a word on is made once more. Raises LLMError; `acted`
        of it tells that a call was made.
        """
        run = _Run(self, wanted, check, shown=Shown(self.limits.result_bytes))
        try:
            run.recall()
            completion = run.converse(ask, prompt)
        except LLMError as error:
            error.acted = run.acted
            raise
        return Acted(completion, tuple(run.calls), tuple(run.shown.results))


def as_tool(spec: ToolSpec) -> Tool:
    """Return a tool as an LLM is offered it."""
    return Tool(spec.name, spec.description, spec.parameters)


@dataclass(slots=True)
class _Run:
    """One answer on its way."""

    acting: Acting
    wanted: Wanted
    check: Check | None = None
    calls: list[Call] = field(default_factory=list)
    asked: int = 0
    same: Counter[str] = field(default_factory=Counter)
    spent: list[Completion] = field(default_factory=list)
    specs: dict[str, ToolSpec] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)
    seconds: float = 0.0
    acted: bool = False
    is_over: bool = False
    has_faults: bool = False
    corrected: Completion | None = None
    known: int = 0

    @property
    def runner(self) -> Runner:
        return Runner(self.acting.box, self.acting.ledger)

    def recall(self) -> None:
        """Settle what earlier tries began, and show what came of all their calls."""
        self.specs = {spec.name: spec for spec in self.acting.box.offered()}
        self.calls = list(self.acting.ledger.find(self.wanted.called_for.message_sid))
        self.calls = [
            self._recover(call) if call.state == "intent" else call
            for call in self.calls
        ]
        for call in self.calls:
            asked = ToolCall("", call.tool, as_json(call.arguments))
            self.shown.add([asked], "", [self._again(call)])

    def _recover(self, call: Call) -> Call:
        """Return a call that an earlier try began, settled."""
        spec = self.specs.get(call.tool) or self._find_reading(call.tool)
        if spec is None or spec.effects == "once":
            why = "the process ended before it was known"
            return self.runner.settle(call, "unknown", words.UNKNOWN, why)
        if not self.runner.begin_again(call, self.wanted.called_for):
            found = self.acting.ledger.find(call.message_sid)
            return next(one for one in found if one.call_id == call.call_id)
        return self._run(call, spec)

    def _find_reading(self, tool: str) -> ToolSpec | None:
        spec = self.acting.box.find_spec(tool)
        return spec if spec and spec.effects == "none" else None

    def _again(self, call: Call) -> str:
        """Return what came of a call of before, for the LLM.

        What was allowed began with the batch, and what was refused was never called.
        """
        began = call.started_at
        came = began is not None and began < self.wanted.newest_at
        return (words.BEFORE if came else "") + _told(call)

    def converse(self, ask: Ask, prompt: Prompt) -> Completion:
        """Ask and call until the LLM asks for no more, or may not."""
        if self.wanted.reads_only:
            self.specs = {n: s for n, s in self.specs.items() if s.effects == "none"}
        while True:
            offered = [] if self.is_over else list(map(as_tool, self.specs.values()))
            left = self.wanted.deadline - time.monotonic()
            try:
                completion = ask((*prompt, *self.shown.told), left, offered)
            except LLMError:
                if self.corrected is None or len(self.calls) > self.known:
                    raise  # what it said before does not tell what was done since
                log.warning("an answer that was to be corrected stays as it was")
                return summed(self.corrected, self.spent)
            self.spent.append(completion)
            if completion.tool_calls and offered:
                self._make(completion)
            elif not self._is_corrected(completion):
                return summed(completion, self.spent)

    def _is_corrected(self, completion: Completion) -> bool:
        """Tell the LLM what is wrong with its answer, if anything is: once."""
        is_late = time.monotonic() + LEAST_SECONDS >= self.wanted.deadline
        if self.check is None or self.corrected is not None or is_late:
            return False
        why = self.check(completion.text, self.calls)
        if why is None:
            return False
        self.corrected, self.known = completion, len(self.calls)
        self.shown.correct(completion.text, why)
        return True

    def _make(self, completion: Completion) -> None:
        limit = self.acting.limits.calls
        calls = completion.tool_calls[: limit + 1]
        self.shown.add(calls, completion.text, [self._call(call) for call in calls])
        self.is_over = self.is_over or self.asked >= limit

    def _call(self, asked: ToolCall) -> str:
        """Return what comes of one asking, in words for the LLM."""
        limits, spec = self.acting.limits, self.specs.get(asked.name)
        self.asked += 1
        if self.asked > limits.calls:
            return words.NO_MORE
        if asked.fault:  # told once
            self.is_over = self.is_over or self.has_faults
            self.has_faults = True
            return words.NOT_CALLED.format(why=asked.fault)
        if spec is None:
            return words.NO_SUCH_TOOL.format(name=asked.name[:LONGEST_NAME])
        try:
            arguments = read_arguments(asked.arguments, spec.parameters)
        except ArgumentsError as error:
            return words.NOT_CALLED.format(why=error)
        key = f"{spec.name} {as_json(arguments)}"
        self.same[key] += 1
        self.is_over = self.is_over or self.same[key] > limits.identical
        same = [one for one in self.calls if _key_of(one) == key]
        if same and not (_is_to_repeat(same[-1]) and len(same) < limits.identical):
            return words.AGAIN + _told(same[-1])
        return self._begin(spec, arguments)

    def _begin(self, spec: ToolSpec, arguments: Mapping[str, Any]) -> str:
        wanted = self.wanted
        if len(self.calls) >= self.acting.limits.calls:
            self.is_over = True
            return words.NO_MORE
        if self._seconds_for(spec) < LEAST_SECONDS:
            return words.NO_TIME
        verdict = self.acting.gate.decide(spec, arguments)
        call = Call(
            call_id=uuid4(),
            user_id=wanted.called_for.user_id,
            chat_id=wanted.called_for.chat_id,
            message_sid=wanted.called_for.message_sid,
            position=len(self.calls),
            tool=spec.name,
            arguments=arguments,
            state=verdict.state,
            result=verdict.told or None,
        )
        self.runner.write(call, wanted.called_for)
        self.acted = True
        settled = self._run(call, spec) if call.state == "intent" else call
        self.calls.append(settled)
        return _told(settled)

    def _run(self, call: Call, spec: ToolSpec) -> Call:
        self.acted = True
        began, seconds = time.monotonic(), self._seconds_for(spec)
        try:
            wanted = self.wanted
            return self.runner.run(
                call, spec, wanted.caller, max(seconds, LEAST_SECONDS)
            )
        finally:
            self.seconds += time.monotonic() - began

    def _seconds_for(self, spec: ToolSpec) -> float:
        left = self.wanted.deadline - time.monotonic()
        return min(spec.seconds, self.acting.limits.seconds - self.seconds, left)


def _key_of(call: Call) -> str:
    return f"{call.tool} {as_json(call.arguments)}"


def _is_to_repeat(call: Call) -> bool:
    """Tell whether a call did nothing, and nobody said no to it."""
    return call.state == "failed" or call.result == words.DROPPED


def _told(call: Call) -> str:
    if call.state == "unknown":
        return words.UNKNOWN
    return call.result or words.EMPTY
