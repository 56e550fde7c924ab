"""What the talk asks of an LLM, whoever serves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypedDict


class PromptMessage(TypedDict):
    """One message of a prompt: strict servers refuse any key beside these two."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """An LLM's answer; `response_time` in seconds."""

    text: str
    model: str
    tokens_used: int | None
    response_time: float


class LLMError(Exception):
    """The LLM gave no answer. `permanent`: the same prompt would fail again."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class LLM(Protocol):
    """Something that answers a prompt."""

    def complete(
        self, prompt: Sequence[PromptMessage], timeout: float | None = None
    ) -> Completion:
        """Answer `prompt` within `timeout` seconds in total (or the configured ones).

        Raises LLMError, and nothing else, when there is no answer by then.
        """
