"""Situations of the past, answered anew by whoever answers now."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event

from bot.chat.asked import Policy, prompt_for, room_for_passages, tokens_of_prompt
from bot.chat.prompt import estimate_tokens
from bot.chat.replies import Answers
from bot.evaluation.playback import Playback
from bot.evaluation.purse import Purse
from bot.evaluation.situations import Outcome
from bot.llm.protocol import LLMError
from bot.money.meter import BudgetSpentError
from bot.money.prices import ModelPrices
from bot.money.usage import Usage
from bot.tools.gate import Gate
from bot.tools.protocol import ToolSpec
from bot.tools.schemas import as_json
from db.records import Reply
from db.records.evaluation import Situation
from db.records.money import MILLION

log = logging.getLogger(__name__)

MOST_TRIES = 4
# Between two tries, where the server names no time; doubled each time.
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
NOT_KNOWN = "what knowledge told then is not known: it was asked anew"
Build = Callable[[Situation, Playback], Answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a model's completion costs, and how long it may be, in tokens."""

    prices: ModelPrices
    most_output: int

    def at_most(self, input_tokens: int) -> int:
        """Return what a completion costs at most, in millionths."""
        used = Usage(input_tokens=input_tokens, output_tokens=self.most_output)
        return self.prices.cost(used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An Anew. `build` returns who answers a situation with its tools.

    `policy_at` is the policy that holds in a situation. `purse` and `costs` are None
    where nothing is counted. `stopping` ends pauses early.
    """

    build: Build
    policy_at: Callable[[Situation], Policy]
    gate: Gate
    specs: Sequence[ToolSpec] = ()
    is_then: bool = False
    purse: Purse | None = None
    costs: Costs | None = None
    seconds: float = 120.0
    stopping: Event = field(default_factory=Event)

    def answer(self, situation: Situation, /) -> Outcome:
        """Return what the bot would say now; a failure of the LLM is an outcome too."""
        before = self.purse.spent if self.purse else Decimal(0)
        began = time.monotonic()
        playback, reply, error = self._try(situation)
        taken = time.monotonic() - began
        return Outcome(
            reply=reply,
            error=None if error is None else str(error),
            calls=playback.calls,
            divergences=playback.divergences if reply else (),
            notes=self._notes(situation),
            cost=self.purse.spent - before if self.purse else None,
            seconds=(reply.turn.response_time if reply else None) or taken,
            is_beyond=isinstance(error, BudgetSpentError),
        )

    def estimate(self, situation: Situation, /) -> Decimal | None:
        """Return about what that costs at most; None without prices.

        A prompt as long as it may be, and an answer as long; where tools were called,
        for a completion more.
        """
        if self.costs is None:
            return None
        policy = self.policy_at(situation)
        prompt = prompt_for(situation.chat, situation.batch, policy)
        told = sum(map(_tokens_of, self.specs)) + room_for_passages(policy)
        times = 2 if situation.calls else 1
        worst = self.costs.at_most(tokens_of_prompt(prompt) + told)
        return Decimal(worst * times) / MILLION

    def _try(
        self, situation: Situation
    ) -> tuple[Playback, Reply | None, LLMError | None]:
        """Ask until there is an answer, or another try is of no use."""
        pause = PAUSE_SECONDS
        for tries_left in reversed(range(MOST_TRIES)):
            playback = Playback(situation, self.specs, self.gate)
            reply, error = self._ask(situation, playback)
            if error is None or not tries_left or not _is_to_repeat(error):
                break
            seconds = min(error.retry_after or pause, LONGEST_PAUSE_SECONDS)
            log.info("the LLM is asked again in %.1f s: %s", seconds, error)
            if self.stopping.wait(seconds):
                break
            pause *= 2
        return playback, reply, error

    def _ask(
        self, situation: Situation, playback: Playback
    ) -> tuple[Reply | None, LLMError | None]:
        answers = self.build(situation, playback)
        try:
            reply = answers.answer(situation.chat, situation.batch, self.seconds)
        except LLMError as error:
            return None, error
        return reply, None

    def _notes(self, situation: Situation) -> tuple[str, ...]:
        if not self.is_then:
            return situation.gone
        unknown = (NOT_KNOWN,) if situation.found is None else ()
        return (*situation.gone, *situation.found_gone, *unknown)


def _is_to_repeat(error: LLMError) -> bool:
    return not (error.permanent or isinstance(error, BudgetSpentError))


def _tokens_of(spec: ToolSpec) -> int:
    told = f"{spec.name} {spec.description} {as_json(spec.parameters)}"
    return estimate_tokens(told)
