"""The connection to an LLM's server: one event loop in a thread, many callers."""

import asyncio
import concurrent.futures
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.environment import LOOPBACK
from bot.llm.protocol import LLMError

if TYPE_CHECKING:
    import openai

CLOSE_SECONDS = 5.0
# What the caller's thread waits beyond the deadline, for the loop to keep it first.
MARGIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Running:
    """The event loop that carries the requests, and how to end it."""

    loop: asyncio.AbstractEventLoop
    client: "openai.AsyncOpenAI"
    ended: asyncio.Event


class Connection:
    """Carries requests to a server; safe to call from many threads.

    They run on one event loop in a thread of this object, which starts at the first
    one: no fork may come between that and a later one.
    """

    def __init__(self, base_url: str, api_key: str) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._running: concurrent.futures.Future[_Running] | None = None
        self._closed = False

    def ask(self, body: dict[str, Any], deadline: float) -> str:
        """Post `body` to /chat/completions; return what came back, whatever it is.

        Raises TimeoutError at the deadline (of time.monotonic), LLMError where too much
        comes back, or what the SDK does.
        """
        running = self._started().result(max(0.0, deadline - time.monotonic()))
        seconds = max(0.0, deadline - time.monotonic())
        answer = asyncio.run_coroutine_threadsafe(
            _request(running.client, body, seconds), running.loop
        )
        try:
            return answer.result(seconds + MARGIN_SECONDS)
        finally:
            answer.cancel()

    def close(self) -> None:
        """End it and the thread; requests under way are cancelled."""
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
        # They take a second, which most commands can spare.
        import openai  # noqa: PLC0415

        from bot.llm.bounded import build_client  # noqa: PLC0415

        # A proxy for the outside world can't reach a server on this machine.
        outside = urlsplit(self._base_url).hostname not in LOOPBACK
        async with openai.AsyncOpenAI(
            api_key=self._api_key or "none",  # local servers need none, the SDK does
            base_url=self._base_url,
            max_retries=0,  # retries are the queue's
            timeout=None,  # one total deadline is kept above
            # Its pool is bounded at a thousand connections, well above our threads.
            http_client=build_client(trust_env=outside),
        ) as client:
            ended = asyncio.Event()
            running.set_result(_Running(asyncio.get_running_loop(), client, ended))
            await ended.wait()


async def _request(
    client: "openai.AsyncOpenAI", body: dict[str, Any], seconds: float
) -> str:
    # Past the SDK's typed method: what it does to each message takes longer than
    # everything else that the worker does for an answer. As text, because servers
    # label JSON as they like.
    answer = client.post("/chat/completions", cast_to=str, body=body)
    # The SDK's own timeout counts from read to read: a drip would never meet it.
    return await asyncio.wait_for(answer, seconds)
