"""An LLM behind any OpenAI-compatible server: OpenAI's own, a local one, a proxy.

https://platform.openai.com/docs/api-reference/chat/create
"""

import asyncio
import concurrent.futures
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.llm.protocol import Completion, LLMError, Prompt, Tool
from bot.llm.wire import read_completion, write_prompt

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CLOSE_SECONDS = 5.0
# What the caller's thread waits beyond the deadline, for the loop to keep it first.
MARGIN_SECONDS = 1.0
# The same prompt would be refused again.
PERMANENT_STATUSES = frozenset({400, 413, 422})
REFUSED = "it refused the prompt; check OPENAI_MODEL and LLM_MAX_TOKENS"
WHAT_TO_CHECK = {
    400: REFUSED,
    401: "check OPENAI_API_KEY",
    403: "check what OPENAI_API_KEY may use",
    404: "check OPENAI_BASE_URL and OPENAI_MODEL",
    413: "the prompt is too long for it; check MAX_CONVERSATION_HISTORY",
    422: REFUSED,
    429: "its rate or the account's credit is used up; check the account",
}
# Such as insufficient_quota or context_length_exceeded: nothing that a user wrote.
ERROR_CODE = re.compile(r"[a-z]+(_[a-z]+)+")


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
class _Running:
    """The event loop that carries the requests, and how to end it."""

    loop: asyncio.AbstractEventLoop
    client: "openai.AsyncOpenAI"
    ended: asyncio.Event


class OpenAIChat:
    """Answers prompts through /chat/completions; safe to call from many threads.

    Requests run on one event loop in a thread of this object, which starts at the first
    prompt: no fork may come between that and a later prompt.
    """

    def __init__(self, server: LLMServer) -> None:
        self._server = server
        self._base_url = server.base_url or OPENAI_URL
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._running: concurrent.futures.Future[_Running] | None = None
        self._closed = False

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
        began = time.monotonic()
        try:
            answer = self._ask(write_prompt(prompt, tools), began + seconds)
        except LLMError:
            raise
        except TimeoutError:
            raise LLMError(
                f"The LLM gave no whole answer within {seconds:g} s: check its server,"
                " or raise LLM_TIMEOUT_SECONDS."
            ) from None
        except Exception as e:  # noqa: BLE001 - the queue knows what to do with LLMError
            # Not chained: the SDK's errors quote the prompt and parts of the key.
            raise _explained(e) from None
        took = time.monotonic() - began
        return read_completion(
            answer, self._server.model, took, offered_tools=bool(tools)
        )

    def close(self) -> None:
        """End the connections and the thread; prompts under way fail with LLMError."""
        with self._lock:
            self._closed = True
            running, thread = self._running, self._thread
        if running is None or thread is None:
            return
        try:
            started = running.result(CLOSE_SECONDS)
            started.loop.call_soon_threadsafe(started.ended.set)
        except Exception:  # noqa: BLE001 - it never started or has ended: both are closed
            return
        thread.join(CLOSE_SECONDS)

    def _ask(self, asked: dict[str, Any], deadline: float) -> Any:
        running = self._started().result(max(0.0, deadline - time.monotonic()))
        seconds = max(0.0, deadline - time.monotonic())
        answer = asyncio.run_coroutine_threadsafe(
            self._request(running.client, asked, seconds), running.loop
        )
        try:
            return answer.result(seconds + MARGIN_SECONDS)
        finally:
            answer.cancel()

    async def _request(
        self,
        client: "openai.AsyncOpenAI",
        asked: dict[str, Any],
        seconds: float,
    ) -> Any:
        body = {
            **asked,
            "model": self._server.model,
            "max_tokens": self._server.max_tokens,
            "temperature": self._server.temperature,
        }
        # Past the SDK's typed method: what it does to each message takes longer than
        # everything else that the worker does for an answer.
        answer = client.post("/chat/completions", cast_to=object, body=body)
        # The SDK's own timeout counts from read to read: a drip would never meet it.
        return await asyncio.wait_for(answer, seconds)

    def _started(self) -> "concurrent.futures.Future[_Running]":
        with self._lock:
            if self._closed:
                raise LLMError("The LLM's client is closed.")
            if self._running is None or self._running_failed():
                self._running = concurrent.futures.Future()
                self._thread = threading.Thread(
                    target=self._run, args=[self._running], name="llm", daemon=True
                )
                self._thread.start()
            return self._running

    def _running_failed(self) -> bool:
        running = self._running
        return running is not None and running.done() and bool(running.exception())

    def _run(self, running: "concurrent.futures.Future[_Running]") -> None:
        try:
            asyncio.run(self._live(running))
        except Exception as e:  # noqa: BLE001 - told to whoever waits for the start
            if not running.done():
                running.set_exception(e)

    async def _live(self, running: "concurrent.futures.Future[_Running]") -> None:
        """Hold the client open until `close`; what is under way is then cancelled."""
        import openai  # noqa: PLC0415 - takes a second, which most commands can spare

        # A proxy for the outside world can't reach a server on this machine.
        outside = urlsplit(self._base_url).hostname not in LOOPBACK
        async with openai.AsyncOpenAI(
            api_key=self._server.api_key
            or "none",  # local servers need none, the SDK does
            base_url=self._base_url,
            max_retries=0,  # retries are the queue's
            timeout=None,  # one total deadline is kept above
            # Its pool is bounded at a thousand connections, well above our threads.
            http_client=openai.DefaultAsyncHttpx2Client(trust_env=outside),
        ) as client:
            ended = asyncio.Event()
            running.set_result(_Running(asyncio.get_running_loop(), client, ended))
            await ended.wait()


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
    return _explained_answer(error)


def _explained_answer(error: Exception) -> LLMError:
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return LLMError(
            f"The LLM's server gave no usable answer ({type(error).__name__}): check"
            " OPENAI_BASE_URL and that the server runs."
        )
    default = "check OPENAI_BASE_URL" if status < 500 else "the fault is its own"
    code = str(getattr(error, "code", None))
    told = f"{status} ({code[:60]})" if ERROR_CODE.fullmatch(code) else f"{status}"
    return LLMError(
        f"The LLM's server answered {told}: {WHAT_TO_CHECK.get(status, default)}.",
        permanent=status in PERMANENT_STATUSES,
    )
