"""Takes no more from a server than it needs: what floods waits, and harms nobody."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import anyio
from mcp.client import Transport
from mcp.shared.message import SessionMessage

MESSAGES_AT_ONCE, MESSAGES_PER_SECOND = 100, 50
BYTES_AT_ONCE, BYTES_PER_SECOND = 4 * 1024 * 1024, 512 * 1024
Message = SessionMessage | Exception


class Pace:
    """How much may come at once, and for how long to wait after that."""

    def __init__(
        self,
        at_once: float,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once, self._per_second, self._clock = at_once, per_second, clock
        self._left, self._seen = at_once, clock()

    def take(self, cost: float = 1.0) -> float:
        """Return the seconds to wait until so much more may come."""
        now = self._clock()
        earned = (now - self._seen) * self._per_second
        self._left = min(self._at_once, self._left + earned) - cost
        self._seen = now
        return max(0.0, -self._left / self._per_second)


@asynccontextmanager
async def paced(transport: Transport) -> AsyncIterator[tuple["PacedStream", Any]]:
    """Yield a transport's streams; the reading one keeps the pace."""
    async with transport as (read, write):
        yield PacedStream(read), write


class PacedStream:
    """A stream that hands on so many messages a second; who sends more must wait."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._pace = Pace(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND)

    @property
    def last_context(self) -> Any:
        """What the SDK looks for beside the last message."""
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Message:
        """Return the next message."""
        if seconds := self._pace.take():
            await anyio.sleep(seconds)
        message: Message = await self._stream.receive()
        return message

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    def __aiter__(self) -> "PacedStream":
        return self

    async def __anext__(self) -> Message:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> "PacedStream":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
