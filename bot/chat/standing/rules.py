"""The rules that are in force, and how the LLM is told them: below SYSTEM_PROMPT."""

from collections.abc import Sequence
from typing import Protocol

HEAD = "Also:"


class StandingRules(Protocol):
    """Knows which rules are in force."""

    def find(self) -> tuple[str, ...]:
        """Return them now, the oldest first: what is applied counts soon after."""


class NoRules:
    """Where there are none but SYSTEM_PROMPT's."""

    def find(self) -> tuple[str, ...]:
        """Return none."""
        return ()


def tell_rules(rules: Sequence[str]) -> str:
    """Return rules as a prompt tells them, one a line; empty: there are none."""
    told = [f"- {' '.join(rule.split())}" for rule in rules]
    return "\n".join([HEAD, *told]) if told else ""
