"""An LLM behind any OpenAI-compatible server: OpenAI's own, a local one, a proxy.

https://platform.openai.com/docs/api-reference/chat/create
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from bot.http_bounds import HttpError, TooLateError
from bot.llm.account import OPENAI_URL, LLMServer
from bot.llm.breaker import Breaker
from bot.llm.connection import Connection
from bot.llm.dialect import Dialect, without_refused
from bot.llm.protocol import Completion, LLMError, Prompt, Tokens, Tool
from bot.llm.reading import SpentError, parse_answer, read_completion
from bot.llm.refusals import Refusal, find_refusal
from bot.llm.tagged.reading import with_calls
from bot.llm.tagged.writing import speaks_of_tools
from bot.llm.wire import write_prompt

log = logging.getLogger(__name__)

# How many times one prompt is asked at once, while the server teaches its dialect.
MOST_REQUESTS = 6
# How long it is remembered what a server taught.
LASTS_SECONDS = 24 * 3600.0
# After so many requests all tools are left out where one more is refused.
MOST_LEFT_OUT_SINGLY = 3


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked, since when, and in how many seconds the answer must be there.

    `in_words`: this once, what came of tools is told in words.
    """

    asked: dict[str, Any] = field(repr=False)
    began: float
    seconds: float
    in_words: bool = False

    def spoken(self, dialect: Dialect) -> Dialect:
        """Return how this is asked of a server that is known so."""
        return replace(dialect, no_tools=True) if self.in_words else dialect


class OpenAIChat:
    """Answers prompts through /chat/completions; safe to call from many threads."""

    def __init__(
        self, server: LLMServer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = server
        self._clock = clock
        self._dialect = self._unlearned = Dialect(no_tools=server.tools_in_text)
        self._learned_at: float | None = None
        self._breaker = Breaker()
        self._connection = Connection(
            server.base_url or OPENAI_URL, dict(_headers_of(server))
        )

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

    def learned(self) -> list[str]:
        """Return what is known of the server and its model, for an operator."""
        return list(self._dialect.told())

    def close(self) -> None:
        """End the connections; prompts under way fail with LLMError."""
        self._connection.close()

    def _converse(self, asking: "_Asking") -> Completion:
        """Ask until there is an answer, or a failure; it tells what all tries used."""
        wasted: list[Tokens] = []
        try:
            completion = self._ask_until_told(asking, wasted)
        except LLMError as error:
            # What may have cost nobody knows how much counts as its worst case already.
            if wasted and not (error.may_cost and error.tokens is None):
                error.may_cost = True
                error.tokens = _together(wasted, error.tokens)
            raise
        return replace(completion, tokens=_together(wasted, completion.tokens))

    def _ask_until_told(self, asking: "_Asking", wasted: list[Tokens]) -> Completion:
        """Ask until there is an answer, or a failure that teaches nothing new.

        `wasted` gets what all tries before the last one used.
        """
        dialect: Dialect | None = self._known()
        failure = LLMError("The LLM was not asked.")
        for number in range(MOST_REQUESTS):
            if dialect is None:
                break
            if failure.tokens is not None:
                wasted.append(failure.tokens)
            answer = self._ask(asking, dialect)
            if isinstance(answer, Refusal):
                failure = answer.explained(self._server.max_tokens)
                asking, dialect = self._taught(asking, dialect, answer, number)
                continue
            try:
                completion = self._read(answer, asking, dialect)
            except SpentError as spent:
                failure = spent
                dialect = dialect.with_more_room()
                continue
            self._remember(dialect)
            return completion
        raise failure

    def _taught(
        self, asking: "_Asking", dialect: Dialect, refusal: Refusal, number: int
    ) -> tuple["_Asking", Dialect | None]:
        """Return what is asked after a refusal, and how; None: there is no other way.

        What one tool's schema is refused for says nothing of how to ask: it is left
        out of this prompt alone, and soon all are. Nor does it where calls of before
        are refused because none is offered any more.
        """
        fewer = without_refused(
            asking.asked, refusal, all_of_them=number >= MOST_LEFT_OUT_SINGLY
        )
        if fewer is not None:
            return replace(asking, asked=fewer), dialect
        most, of_tools = self._server.max_tokens, speaks_of_tools(asking.asked)
        after = dialect.after(refusal, most, offered_tools=of_tools)
        is_learned = after is None or after.no_tools == dialect.no_tools
        if is_learned or "tools" in asking.asked:
            return asking, after
        return replace(asking, in_words=True), None if asking.in_words else dialect

    def _read(self, answer: Any, asking: "_Asking", dialect: Dialect) -> Completion:
        took = time.monotonic() - asking.began
        server, offered = self._server, "tools" in asking.asked
        read = read_completion(answer, server.model, took, offered_tools=offered)
        wanted = dialect.parameters(server.max_tokens, server.temperature)
        read = replace(read, parameters=wanted)
        is_in_text = asking.spoken(dialect).no_tools
        if not is_in_text or not speaks_of_tools(asking.asked):
            return read
        return with_calls(read, offered_tools=offered)

    def _known(self) -> Dialect:
        """Return how to ask; what was learned is forgotten after a day.

        Servers are mended, and models change behind their names.
        """
        learned_at = self._learned_at
        if learned_at is not None and self._clock() - learned_at >= LASTS_SECONDS:
            self._dialect, self._learned_at = self._unlearned, None
        return self._dialect

    def _remember(self, dialect: Dialect) -> None:
        """Keep what was learned, now that it was answered: never what only failed."""
        if dialect != self._dialect:
            self._dialect = dialect
            if self._learned_at is None:
                self._learned_at = self._clock()
            log.warning("the LLM's server is asked otherwise from now on: %s", dialect)

    def _ask(self, asking: "_Asking", dialect: Dialect) -> Any:
        """Return the server's answer, or its refusal."""
        server, seconds = self._server, asking.seconds
        spoken = asking.spoken(dialect)
        written = spoken.write(asking.asked, server.max_tokens, server.temperature)
        body = {**written, "model": server.model}
        try:
            answer = self._connection.ask(body, asking.began + seconds)
            if isinstance(answer, Refusal):
                return answer
            parsed = parse_answer(answer)
        except LLMError:
            raise
        except Exception as e:  # noqa: BLE001 - the queue knows what to do with LLMError
            # Not chained: it may quote the prompt or parts of the key.
            raise _explained(e, seconds) from None
        return find_refusal(parsed) or parsed


def _explained(error: Exception, seconds: float) -> LLMError:
    """Return what went wrong on the way; what arrived may have to be paid."""
    if isinstance(error, TooLateError):
        told = (
            f"The LLM gave no whole answer within {seconds:g} s: check its server, or"
            " raise LLM_TIMEOUT_SECONDS."
        )
    else:
        told = (
            f"The LLM's server gave no usable answer ({type(error).__name__}): check"
            " OPENAI_BASE_URL and that the server runs."
        )
    explained = LLMError(told)
    explained.may_cost = not isinstance(error, HttpError) or error.may_have_arrived
    return explained


def _together(wasted: Sequence[Tokens], last: Tokens | None) -> Tokens:
    """Return what tries used in all; `last`: what the last one did, if anything."""
    return reduce(Tokens.plus, [*wasted, *([] if last is None else [last])])


def _headers_of(server: LLMServer) -> Iterator[tuple[str, str]]:
    """Yield what tells the server who asks.

    https://platform.openai.com/docs/api-reference/authentication
    """
    # Local servers need no key; some of them want to be given any.
    yield "Authorization", f"Bearer {server.api_key or 'none'}"
    if server.organization:
        yield "OpenAI-Organization", server.organization
    if server.project:
        yield "OpenAI-Project", server.project
