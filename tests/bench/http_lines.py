"""HTTP at little cost, so that the measuring takes little of what is measured."""

import asyncio
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer: its first line, its body, when its first byte came."""

    first_line: str
    body: bytes
    began: float

    @property
    def status(self) -> int:
        return int(self.first_line.split(" ", 2)[1])


class MessageReader:
    """Cuts a stream of bytes into messages with a Content-Length."""

    def __init__(self) -> None:
        self._bytes = b""
        self._began = 0.0

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that these bytes complete."""
        if not self._bytes:
            self._began = time.monotonic()
        self._bytes += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        head, end, rest = self._bytes.partition(HEAD_END)
        if not end or len(rest) < (length := _length_in(head)):
            return None
        self._bytes = rest[length:]
        first_line = head.partition(b"\r\n")[0].decode("latin-1")
        return Message(first_line, rest[:length], self._began)


def _length_in(head: bytes) -> int:
    _, found, after = head.lower().partition(LENGTH)
    return int(after.partition(b"\r\n")[0]) if found else 0


class Line(asyncio.Protocol):
    """One connection that is kept alive, for one request at a time."""

    def __init__(self) -> None:
        self._reader = MessageReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Message] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError("the server hung up"))

    async def exchange(self, request: bytes) -> Message:
        """Send a request, return the answer. Raises ConnectionError, TimeoutError."""
        if self._transport is None:
            raise ConnectionResetError("the line is closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None


class Lines:
    """Connections to one server, opened when they are needed and then kept.

    Who finds none free, and as many open as there may be, waits. One that is opened
    without a request to send would hold one of gthread's threads.
    """

    def __init__(self, port: int, most: int) -> None:
        self._port = port
        self._allowed = asyncio.Semaphore(most)
        self._free: list[Line] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._free:
            self._free.pop().close()
        await asyncio.sleep(0)  # the loop closes them now

    async def exchange(self, request: bytes) -> int:
        """Return the answer's status; 0 for a connection that broke or hung."""
        async with self._allowed:
            line = self._find_open() or await self._connect()
            try:
                return (await line.exchange(request)).status
            except (ConnectionError, TimeoutError):
                line.close()
                return 0
            finally:
                if line.is_open:
                    self._free.append(line)

    def _find_open(self) -> Line | None:
        """Return a connection that the server did not close meanwhile."""
        while self._free:
            line = self._free.pop()
            if line.is_open:
                return line
        return None

    async def _connect(self) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(Line, "127.0.0.1", self._port)
        return line
