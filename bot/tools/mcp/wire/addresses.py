"""Servers that are reached by an address: MCP's streamable HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2
from mcp.client.streamable_http import streamable_http_client

from bot.environment import LOOPBACK
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.wire.faults import ServerFault
from bot.tools.mcp.wire.pace import BYTES_AT_ONCE, BYTES_PER_SECOND, Pace

MOST_BYTES = 1024 * 1024  # of a message
CONNECT_SECONDS = 10.0
# Of a stream that is kept for what the server may say: calls have their own deadlines.
SILENT_SECONDS = 300.0
NO_LOG_IN = frozenset({401, 403})


@asynccontextmanager
async def reached(server: McpServer) -> AsyncIterator[Any]:
    """Yield the streams to a server at an address; raises ServerFault and httpx2's."""
    url = server.url or ""
    client = httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity", **server.headers},
        timeout=httpx2.Timeout(CONNECT_SECONDS, read=SILENT_SECONDS),
        # A proxy for the outside world can't reach a server on this machine.
        trust_env=urlsplit(url).hostname not in LOOPBACK,
        event_hooks={"response": [_Bounds().put_on]},
    )
    async with (
        client,
        streamable_http_client(
            url, http_client=client, max_sse_event_size=MOST_BYTES
        ) as streams,
    ):
        yield streams


class _Bounds:
    """What one server may send in all its responses together, and in each."""

    def __init__(self) -> None:
        self._pace = Pace(BYTES_AT_ONCE, BYTES_PER_SECOND)

    async def put_on(self, response: httpx2.Response) -> None:
        """Count what comes from now on. Raises ServerFault."""
        if response.status_code in NO_LOG_IN:
            raise ServerFault(
                f"lets nobody in without a log-in (HTTP {response.status_code}): give "
                'what it asks for in "headers"'
            )
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ServerFault("compresses what it was asked to send plainly")
        kind = response.headers.get("content-type", "").lower()
        most = None if kind.startswith("text/event-stream") else MOST_BYTES
        response.stream = _Counted(response.stream, self._pace, most)


class _Counted(httpx2.AsyncByteStream):
    """A body that comes at the pace; only what comes as events may be endless."""

    def __init__(self, body: Any, pace: Pace, most: int | None) -> None:
        self._body, self._pace, self._most = body, pace, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        came = 0
        async for piece in self._body:
            came += len(piece)
            if self._most is not None and came > self._most:
                raise ServerFault(f"sent a message above {MOST_BYTES} bytes")
            if seconds := self._pace.take(len(piece)):
                await anyio.sleep(seconds)
            yield piece

    async def aclose(self) -> None:
        """Close the body."""
        await self._body.aclose()
