"""Calls and their results as an LLM is shown them, behind the prompt."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.llm.protocol import Completion, PromptMessage, Tokens, ToolCall, ToolResult
from bot.tools import words
from bot.tools.protocol import NAME
from db.records import to_storable

LONGEST_NAME = 64
LEAST_BYTES = 200


@dataclass(slots=True)
class Shown:
    """What was called so far; results share `most_bytes`, and each gets some."""

    most_bytes: int = 8_000
    told: list[PromptMessage | ToolResult] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    def add(self, calls: Sequence[ToolCall], text: str, results: Sequence[str]) -> None:
        """Put calls, the text that came with them, and their results behind the rest.

        Their ids are ours: servers repeat theirs. What the LLM wrote otherwise than a
        server takes it back is mended.
        """
        first = len(self.results)
        mended = tuple(
            ToolCall(f"call_{first + place}", _name(call.name), _object(call.arguments))
            for place, call in enumerate(calls)
        )
        self.told.append(PromptMessage("assistant", text, mended))
        for call, result in zip(mended, results, strict=True):
            shown = self._cut(result)
            self.results.append(shown)
            self.told.append(ToolResult(call.id, shown))

    def correct(self, text: str, why: str) -> None:
        """Put an answer that was not sent, and why, behind the rest."""
        self.told.append(PromptMessage("assistant", text))
        self.told.append(PromptMessage("user", why))

    def _cut(self, result: str) -> str:
        taken = sum(len(one.encode()) for one in self.results)
        room = max(self.most_bytes - taken, LEAST_BYTES)
        return cut(result, room)


def cut(text: str, most: int) -> str:
    """Return a text of so many bytes; of a longer one that, and that it was cut."""
    told = to_storable(text)
    whole = told.encode()
    if len(whole) <= most:
        return told
    return whole[:most].decode(errors="ignore") + words.CUT


def _name(name: str) -> str:
    return name if re.fullmatch(NAME, name) else "unknown"


def _object(written: str) -> str:
    """Return arguments that no server stumbles over, which reads them itself."""
    try:
        return written if isinstance(json.loads(written), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"


def summed(last: Completion, spent: Sequence[Completion]) -> Completion:
    """Return the last completion with the time and the tokens of all."""
    if len(spent) <= 1:
        return last
    tokens = Tokens(
        prompt=_sum([one.tokens.prompt for one in spent]),
        completion=_sum([one.tokens.completion for one in spent]),
        total=_sum([one.tokens.total for one in spent]),
    )
    seconds = sum(one.response_time for one in spent)
    return replace(last, tokens=tokens, response_time=seconds)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
