"""What a call used, or may use at worst."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.llm.protocol import (
    Completion,
    ImagePart,
    Prompt,
    PromptMessage,
    TextPart,
    Tokens,
    Tool,
    ToolResult,
)
from bot.llm.wire import write_prompt

# A token is a byte or more; so many are around each message besides.
TOKENS_AROUND = 16
# Where nothing was told, a token has about three bytes.
BYTES_PER_TOKEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counted as servers count: cached tokens are input, reasoning ones are output."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    pictures: int = 0
    seconds: Decimal = Decimal(0)
    characters: int = 0


def worst_of(
    prompt: Prompt, tools: Sequence[Tool], most_output: int, requests: int
) -> Usage:
    """Return the most that a prompt may use, over so many requests.

    `most_output` is what all of them may write together.
    """
    around = TOKENS_AROUND * (len(prompt) + len(tools) + 1)
    return Usage(
        input_tokens=requests * (_bytes_of(prompt, tools) + around),
        output_tokens=most_output,
        pictures=requests * sum(map(_pictures_in, prompt)),
    )


def used_by(tokens: Tokens) -> Usage | None:
    """Return what a server told; None where it did not tell both sides.

    Where it told more in all than both sides together, the rest was written: some
    servers leave their reasoning out.
    """
    if tokens.prompt is None or tokens.completion is None:
        return None
    written = max(tokens.completion, (tokens.total or 0) - tokens.prompt)
    return Usage(
        input_tokens=tokens.prompt,
        cached_tokens=min(tokens.cached or 0, tokens.prompt),
        output_tokens=written,
        reasoning_tokens=min(tokens.reasoning or 0, written),
    )


def estimate(prompt: Prompt, tools: Sequence[Tool], completion: Completion) -> Usage:
    """Return about what an answer used whose server told nothing."""
    calls = "".join(call.name + call.arguments for call in completion.tool_calls)
    return Usage(
        input_tokens=_tokens_in(_bytes_of(prompt, tools)),
        output_tokens=_tokens_in(len((completion.text + calls).encode())),
        pictures=sum(map(_pictures_in, prompt)),
    )


def without_pictures(prompt: Prompt) -> list[PromptMessage | ToolResult]:
    """Return a prompt's words."""
    return [_without_pictures(message) for message in prompt]


def _tokens_in(amount: int) -> int:
    return -(-amount // BYTES_PER_TOKEN)


def _bytes_of(prompt: Prompt, tools: Sequence[Tool]) -> int:
    """Return how long a prompt is as it is sent, without the bytes of its pictures."""
    written = write_prompt(without_pictures(prompt), tools)
    return len(str(written).encode(errors="replace"))


def _without_pictures(
    message: PromptMessage | ToolResult,
) -> PromptMessage | ToolResult:
    if not isinstance(message, PromptMessage) or isinstance(message.content, str):
        return message
    words = [part.text for part in message.content if isinstance(part, TextPart)]
    return PromptMessage(message.role, "\n".join(words), message.tool_calls)


def _pictures_in(message: PromptMessage | ToolResult) -> int:
    if not isinstance(message, PromptMessage) or isinstance(message.content, str):
        return 0
    return sum(isinstance(part, ImagePart) for part in message.content)
