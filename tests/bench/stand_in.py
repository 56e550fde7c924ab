"""Twilio and an LLM on one port, and the people: cheap, and with one clock.

The simulator does far more for a message than the bot does; here a message is a few
dict lookups, so that the bot is what is measured.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.bench.http_lines import Lines, Message, MessageReader
from tests.bench.webhooks import ACCOUNT, Webhook, new_sid, signed_post, status_form

CALLBACKS = ("sent", "delivered", "read")
# They come after `create` is answered; now and then the first one overtakes it.
EARLY_SHARE = 0.05
PAUSE_SECONDS = (0.05, 0.15)  # before each of the others
MODEL = "stand-in"
OK = 200
Maker = Callable[[Message], Awaitable[bytes]]


class RefusedError(Exception):
    """The bot did not acknowledge a message: see its log in the bench's folder."""


@dataclass(slots=True)
class Journey:
    """When one message reached each station, in seconds of the monotonic clock."""

    said: float = 0.0
    acknowledged: float = 0.0
    asked: float = 0.0  # the first byte of the request to the LLM
    told: float = 0.0  # the LLM's answer was written
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    sent: float = 0.0  # the first byte of the request to Twilio
    status: int = 0


class StandIn:
    """Answers the bot's calls and sends Twilio's callbacks through `lines`."""

    def __init__(self, lines: Lines, llm_seconds: float = 0.0) -> None:
        self.llm_seconds = llm_seconds
        self.journeys: dict[str, Journey] = {}
        self.answers = 0
        self._lines = lines
        self._callbacks: set[asyncio.Task[None]] = set()
        self._dice = random.Random(1)  # noqa: S311 - repeatable, no secret

    async def say(self, webhook: Webhook) -> Journey:
        """Send a message to the bot; return as soon as it is acknowledged."""
        journey = self.journeys[webhook.token] = Journey(said=time.monotonic())
        journey.status = await self._lines.exchange(webhook.request)
        journey.acknowledged = time.monotonic()
        return journey

    async def converse(self, webhook: Webhook, seconds: float = 120.0) -> Journey:
        """Send a message and wait for its answer.

        Raises TimeoutError, or RefusedError when it was not acknowledged.
        """
        journey = await self.say(webhook)
        if journey.status != OK:
            raise RefusedError(f"the webhook was answered with {journey.status or '-'}")
        async with asyncio.timeout(seconds):
            await journey.arrived.wait()
        return self.journeys.pop(webhook.token)

    @asynccontextmanager
    async def serving(self, port: int) -> AsyncIterator[None]:
        """Take the bot's calls on this port of 127.0.0.1."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Endpoint(self), "127.0.0.1", port)
        try:
            yield
            await self.settle()
        finally:
            server.close()

    async def settle(self) -> None:
        """Return when the callbacks under way are answered."""
        while self._callbacks:
            await asyncio.wait(set(self._callbacks))

    async def complete(self, message: Message) -> bytes:
        """Answer a prompt as the LLM, after its time."""
        said = json.loads(message.body)["messages"][-1]["content"]
        token = said.rpartition("\n")[2][:12]
        journey = self.journeys.get(token, Journey())
        journey.asked = message.began
        if self.llm_seconds:
            await asyncio.sleep(self.llm_seconds)
        journey.told = time.monotonic()
        text = f"{token} is what you asked; on Saturday we open from nine to five."
        choice = {"role": "assistant", "content": text}
        return _json(
            200,
            {
                "id": f"chatcmpl-{token}",
                "object": "chat.completion",
                "created": 0,
                "model": MODEL,
                "choices": [{"index": 0, "message": choice, "finish_reason": "stop"}],
                "usage": {
                    "prompt_tokens": 1,
                    "completion_tokens": 1,
                    "total_tokens": 2,
                },
            },
        )

    async def accept(self, message: Message) -> bytes:
        """Take a message as Twilio does, and call back what became of it."""
        form = {k: v[0] for k, v in parse_qs(message.body.decode()).items()}
        sid = new_sid()
        self.answers += 1
        if journey := self.journeys.get(form["Body"][:12]):
            journey.sent = message.began
            journey.arrived.set()
        early = self._dice.random() < EARLY_SHARE
        if early:
            await self._call_back(sid, CALLBACKS[0], form)
        calling = asyncio.create_task(self._call_back_later(sid, form, int(early)))
        self._callbacks.add(calling)
        calling.add_done_callback(self._callbacks.discard)
        said = {"sid": sid, "status": "queued", "body": form["Body"], "to": form["To"]}
        return _json(201, {**said, "account_sid": ACCOUNT, "direction": "outbound-api"})

    async def _call_back_later(self, sid: str, form: dict[str, str], done: int) -> None:
        for status in CALLBACKS[done:]:
            await asyncio.sleep(self._dice.uniform(*PAUSE_SECONDS))
            await self._call_back(sid, status, form)

    async def _call_back(self, sid: str, status: str, form: dict[str, str]) -> None:
        told = status_form(sid, status, form["To"])
        await self._lines.exchange(signed_post(form["StatusCallback"], told))


class _Endpoint(asyncio.Protocol):
    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._reader = MessageReader()
        self._write: Callable[[bytes], None] = lambda _: None
        self._answering: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            method, path, _ = message.first_line.split(" ", 2)
            if path.endswith("/chat/completions"):
                self._begin(self._stand_in.complete, message)
            elif method == "POST" and path.endswith("/Messages.json"):
                self._begin(self._stand_in.accept, message)
            else:
                self._write(_answer(path))

    def _begin(self, make: Maker, message: Message) -> None:
        answering = asyncio.create_task(self._give(make, message))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    async def _give(self, make: Maker, message: Message) -> None:
        self._write(await make(message))


def _answer(path: str) -> bytes:
    """Return the answer to what takes no time and changes nothing."""
    if path.endswith("/Typing.json"):
        return _json(201, {"success": True})
    if "/Messages.json" in path:
        return _json(200, {"messages": [], "page": 0, "next_page_uri": None})
    return _json(404, {"code": 20404, "message": "Not here", "status": 404})


def _json(status: int, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = (
        f"HTTP/1.1 {status} As asked\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "\r\n"
    )
    return head.encode() + body
