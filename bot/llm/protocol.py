"""What the talk asks of an LLM, whoever serves it: prompts, tools, completions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

# How often what would probably fail again is asked all the same.
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words among the parts of a message."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture: an address that the LLM's server can load from, or a data URI."""

    url: str


@dataclass(frozen=True, slots=True)
class Tool:
    """What the LLM may ask for; `parameters` is a JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One asking for a tool; `arguments` as the LLM wrote them, hopefully JSON.

    `fault`: why it can't be read as a call, in words for the LLM.
    """

    id: str
    name: str
    arguments: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt; `tool_calls` are what the assistant asked for in it."""

    role: Literal["system", "user", "assistant"]
    content: str | tuple[TextPart | ImagePart, ...]
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call gave: stands in the prompt after the message that asked for it."""

    call_id: str
    content: str


Prompt = Sequence[PromptMessage | ToolResult]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a completion cost, as far as the server tells.

    `cached` are those of the prompt that the server had read before, `reasoning` those
    of the completion that nobody sees.
    """

    prompt: int | None = None
    completion: int | None = None
    total: int | None = None
    cached: int | None = None
    reasoning: int | None = None

    def plus(self, more: "Tokens") -> "Tokens":
        """Return both together; what only one of them tells is told by neither."""
        return Tokens(
            _sum(self.prompt, more.prompt),
            _sum(self.completion, more.completion),
            _sum(self.total, more.total),
            (self.cached or 0) + (more.cached or 0),
            (self.reasoning or 0) + (more.reasoning or 0),
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Completion:
    """An LLM's answer: text, or tool calls, or both.

    `response_time` is in seconds. `finish_reason` is the server's word for why the
    answer ended: `stop`, `length` (cut at the token limit), `tool_calls`. `parameters`
    are what was asked of the model beside the prompt, by the server's names.
    """

    text: str
    model: str
    response_time: float
    tokens: Tokens = Tokens()
    finish_reason: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)


class LLMError(Exception):
    """The LLM gave no answer.

    `permanent`: the same prompt would fail again. `most_tries`: how often it is worth
    asking all the same; without it, until the message is too old. `too_long`: a shorter
    prompt may be answered; `prompt_tokens`: how long it may be, if that is known.
    `retry_after`: in how many seconds the server may be asked again, if that is known.
    `no_pictures`: its server, or its model, takes none. `acted`: a tool was called
    before it failed. `may_cost`: it may have to be paid all the same; `tokens` are what
    it used, where that was told.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        most_tries: int | None = None,
        too_long: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.most_tries = MOST_TRIES if permanent and not most_tries else most_tries
        self.too_long = too_long
        self.prompt_tokens: int | None = None
        self.retry_after = retry_after
        self.no_pictures = False
        self.acted = False
        self.may_cost = False
        self.tokens: Tokens | None = None


class LLM(Protocol):
    """Something that answers a prompt."""

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        """Answer `prompt` within `timeout` seconds in total (or the configured ones).

        Only where `tools` are offered may the answer be calls without a text. Raises
        LLMError, and nothing else, when there is no answer by then.
        """
