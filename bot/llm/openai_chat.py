"""An LLM behind any OpenAI-compatible server: OpenAI's own, a local one, a proxy.

https://platform.openai.com/docs/api-reference/chat/create
"""

import concurrent.futures
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.llm.breaker import Breaker
from bot.llm.connection import Connection
from bot.llm.dialect import Dialect
from bot.llm.protocol import Completion, LLMError, Prompt, Tool
from bot.llm.reading import SpentError, parse_answer, read_completion
from bot.llm.refusals import Refusal, find_refusal, refusal_of
from bot.llm.wire import write_prompt

log = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"

# How many times one prompt is asked at once, while the server teaches its dialect.
MOST_REQUESTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMServer:
    """Where answers come from, and how they are asked for.

    Without `base_url` it is OpenAI's own. `timeout_seconds` is for a whole answer,
    however slowly the server drips.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None
    model: str
    temperature: float = 0.3
    max_tokens: int = 500
    timeout_seconds: float = 60


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked, since when, and in how many seconds the answer must be there."""

    asked: dict[str, Any] = field(repr=False)
    began: float
    seconds: float


class OpenAIChat:
    """Answers prompts through /chat/completions; safe to call from many threads.

    Its connection's thread starts at the first prompt: no fork may come between that
    and a later prompt.
    """

    def __init__(self, server: LLMServer) -> None:
        self._server = server
        self._dialect = Dialect()
        self._breaker = Breaker()
        self._connection = Connection(server.base_url or OPENAI_URL, server.api_key)

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        """Answer `prompt` within `timeout` seconds in total (or the configured ones).

        An answer cut at the token limit counts, and so do calls of the `tools` offered.
        Raises LLMError, and nothing else, when there is no answer by then.
        """
        seconds = self._server.timeout_seconds if timeout is None else timeout
        asking = _Asking(write_prompt(prompt, tools), time.monotonic(), seconds)
        with self._breaker.watching():
            return self._converse(asking)

    def close(self) -> None:
        """End the connections and the thread; prompts under way fail with LLMError."""
        self._connection.close()

    def _converse(self, asking: "_Asking") -> Completion:
        """Ask until there is an answer, or a failure that teaches nothing new."""
        dialect: Dialect | None = self._dialect
        failure = LLMError("The LLM was not asked.")
        for _ in range(MOST_REQUESTS):
            if dialect is None:
                break
            answer = self._ask(asking, dialect)
            if isinstance(answer, Refusal):
                failure = answer.explained(self._server.max_tokens)
                dialect = dialect.after(answer, self._server.max_tokens)
                continue
            try:
                completion = self._read(answer, asking)
            except SpentError as spent:
                failure = spent
                dialect = dialect.with_more_room()
                continue
            self._remember(dialect)
            return completion
        raise failure

    def _read(self, answer: Any, asking: "_Asking") -> Completion:
        took = time.monotonic() - asking.began
        offered = "tools" in asking.asked
        return read_completion(answer, self._server.model, took, offered_tools=offered)

    def _remember(self, dialect: Dialect) -> None:
        """Keep what was learned, now that it was answered: never what only failed."""
        if dialect != self._dialect:
            self._dialect = dialect
            log.warning("the LLM's server is asked otherwise from now on: %s", dialect)

    def _ask(self, asking: "_Asking", dialect: Dialect) -> Any:
        """Return the server's answer, or its refusal."""
        server, seconds = self._server, asking.seconds
        written = dialect.write(asking.asked, server.max_tokens, server.temperature)
        body = {**written, "model": server.model}
        try:
            answer = parse_answer(self._connection.ask(body, asking.began + seconds))
        except LLMError:
            raise
        except TimeoutError:
            raise LLMError(
                f"The LLM gave no whole answer within {seconds:g} s: check its server,"
                " or raise LLM_TIMEOUT_SECONDS."
            ) from None
        except Exception as e:  # noqa: BLE001 - the queue knows what to do with LLMError
            if refusal := refusal_of(e):
                return refusal
            # Not chained: the SDK's errors quote the prompt and parts of the key.
            raise _explained(e) from None
        return find_refusal(answer) or answer


def _explained(error: Exception) -> LLMError:
    """Turn a failure into an LLMError that quotes neither the key nor the prompt."""
    if isinstance(error, concurrent.futures.CancelledError):
        return LLMError("The LLM's client was closed meanwhile.")
    if isinstance(error, UnicodeEncodeError):
        return LLMError(
            "The prompt is no valid Unicode: half of a surrogate pair came through"
            " where messages are received.",
            permanent=True,
        )
    return LLMError(
        f"The LLM's server gave no usable answer ({type(error).__name__}): check"
        " OPENAI_BASE_URL and that the server runs."
    )
