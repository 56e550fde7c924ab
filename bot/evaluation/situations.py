"""A situation of the past, and what the bot says to it now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from db.records import Call, Reply
from db.records.evaluation import Situation

__all__ = ["Anew", "Change", "Divergence", "KnowledgeOf", "Outcome", "Situation"]

# What an answer stands on: what the business knows today, or what was found then.
KnowledgeOf = Literal["now", "then"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is tried: what is None, or empty, stays as the bot is set.

    `prompt` takes the place of SYSTEM_PROMPT, `model` of the LLM's name. `rules` stand
    below the prompt, beside those that are in force. `entries` are known besides: each
    a text of an entry of knowledge, by its title.
    """

    prompt: str | None = None
    model: str | None = None
    knowledge: KnowledgeOf = "now"
    rules: tuple[str, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the past can't be played back: a tool asked for otherwise, and how."""

    tool: str
    arguments: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: a reply, or why there is none.

    `calls` are what the LLM asked of tools now, played back. `notes` tell what could
    not be as it was. `cost` is in the currency of PRICES, None without prices;
    `seconds` is how long the LLM took. `is_beyond`: there was no money left for it, and
    it may be asked again with more.
    """

    reply: Reply | None = None
    error: str | None = None
    calls: tuple[Call, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    notes: tuple[str, ...] = ()
    cost: Decimal | None = None
    seconds: float = 0.0
    is_beyond: bool = False

    @property
    def text(self) -> str:
        """What would be said."""
        return self.reply.turn.content if self.reply else ""


class Anew(Protocol):
    """Answers situations anew; sends nothing, calls no tool, stores nothing."""

    def answer(self, situation: Situation, /) -> Outcome:
        """Return what the bot would say now; a failure of the LLM is an outcome too."""

    def estimate(self, situation: Situation, /) -> Decimal | None:
        """Return about what that costs at most; None without prices."""
