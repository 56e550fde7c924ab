"""A situation of the past, and what the bot says to it now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from bot.chat.replies import Batch
from db.records import Call, Found, Reply, Userchat

# What an answer stands on: what the business knows today, or what was found then.
KnowledgeOf = Literal["now", "then"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the bot knew when it answered, as far as it is kept.

    `chat` ends with what was written by then: `batch` is what is to be answered, all
    of it unanswered. `at` is when; `said` is what was answered, None: nothing. `calls`
    are those of its tools, in their order; `found` is what knowledge told, None: it is
    not known. `reference_id` names the answer.
    """

    chat: Userchat
    batch: Batch
    at: datetime
    said: str | None = None
    reference_id: str | None = None
    calls: tuple[Call, ...] = ()
    found: Found | None = None


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

    `calls` are what the LLM asked of tools now, played back. `cost` is in the currency
    of PRICES, None without prices; `seconds` is how long the LLM took.
    """

    reply: Reply | None = None
    error: str | None = None
    calls: tuple[Call, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    cost: Decimal | None = None
    seconds: float = 0.0

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
