"""The rules that are in force, and how the LLM is told them: below SYSTEM_PROMPT."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

HEAD = "Also:"


class StandingRules(Protocol):
    """Knows which rules are in force."""

    def find(self) -> tuple[str, ...]:
        """Return them now, the oldest first: what is applied counts soon after."""


@dataclass(frozen=True, slots=True)
class GivenRules:
    """Rules that do not change; by default none but SYSTEM_PROMPT's."""

    rules: tuple[str, ...] = ()

    def find(self) -> tuple[str, ...]:
        """Return them: see StandingRules."""
        return self.rules


def with_rules(system_prompt: str, rules: Sequence[str]) -> str:
    """Return a system prompt with rules below it, one a line."""
    told = [f"- {' '.join(rule.split())}" for rule in rules]
    return "\n\n".join(
        [system_prompt, "\n".join([HEAD, *told])] if told else [system_prompt]
    )
