"""An LLM whose prompts are paid for, and a cheap one for when little is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.llm.account import SEEING, LLMServer
from bot.llm.dialect import MORE_ROOM
from bot.llm.protocol import LLM, Completion, Prompt, Tool
from bot.money.meter import BudgetSpentError, Measured, Meter
from bot.money.usage import estimate, used_by, without_pictures, worst_of

# An answer whose tokens all went into reasoning is asked for again, with more room:
# see bot.llm.dialect.
MOST_REQUESTS = 2
# The dear model leaves the rest of each budget to the cheap one.
SHARE_OF_DEAR = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Paid:
    """An LLM, and the server that it asks."""

    llm: LLM
    server: LLMServer


@dataclass(frozen=True, slots=True)
class MeteredLLM:
    """Answers prompts as its LLM does, once their worst case is reserved."""

    meter: Meter
    purpose: str
    dear: Paid
    cheap: Paid | None = None

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        """Answer a prompt, by the cheap model once the dear one's share is used.

        Raises BudgetSpentError, and LLMError.
        """
        if self.cheap is None:
            return self._complete(self.dear, Decimal(1), prompt, timeout, tools)
        try:
            return self._complete(self.dear, SHARE_OF_DEAR, prompt, timeout, tools)
        except BudgetSpentError:
            model = self.cheap.server.model
            shown = prompt if SEEING.search(model) else without_pictures(prompt)
            return self._complete(self.cheap, Decimal(1), shown, timeout, tools)

    def _complete(
        self,
        paid: Paid,
        share: Decimal,
        prompt: Prompt,
        timeout: float | None,
        tools: Sequence[Tool],
    ) -> Completion:
        most_output = paid.server.max_tokens * (1 + MORE_ROOM)
        worst = worst_of(prompt, tools, most_output, MOST_REQUESTS)
        model = paid.server.model
        with self.meter.measuring(self.purpose, model, worst, share) as measured:
            completion = paid.llm.complete(prompt, timeout, tools)
            _note(measured, prompt, tools, completion)
        return completion


def _note(
    measured: Measured, prompt: Prompt, tools: Sequence[Tool], completion: Completion
) -> None:
    told = used_by(completion.tokens)
    measured.used = told or estimate(prompt, tools, completion)
    measured.is_estimated = told is None
