"""The tools of all MCP servers, for threads that know nothing of event loops."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.tools.mcp.asked import Asked
from bot.tools.mcp.offering import (
    MOST_OFFERED_BYTES,
    MOST_TOOLS,
    Listing,
    Offer,
    listed_before,
)
from bot.tools.mcp.pins import Pins
from bot.tools.mcp.servers import McpServer
from bot.tools.protocol import Caller, ToolFailedError, ToolSpec

if TYPE_CHECKING:
    from bot.tools.mcp.owned import OwnedServer

log = logging.getLogger(__name__)

# What the SDK logs quotes what servers say, as often as they like.
APART = ("mcp", "client", "httpx2")
CLOSE_SECONDS = 3.0
# Before a server is started again; doubled each time that it falls without a call done.
FIRST_PAUSE_SECONDS = 1.0


class McpToolbox:
    """MCP servers, each owned by one task of an event loop in a thread of its own.

    A Toolbox. Its thread is begun by start(), and loads the SDK. A server that falls is
    started again after `first_pause` seconds, then after twice as many, and so on.
    """

    def __init__(
        self,
        servers: Sequence[McpServer],
        pins: Pins,
        first_pause: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self._servers, self._pins, self._first_pause = servers, pins, first_pause
        self._known: Mapping[str, Listing] = {}
        self._owned: Mapping[str, OwnedServer] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._is_up = threading.Event()
        self._left_out: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="mcp", daemon=True)

    def start(self) -> None:
        """Begin to start the servers; what is known of them is on offer at once.

        It may wait for the pins.
        """
        self.look_up()
        self._thread.start()

    def look_up(self) -> None:
        """Offer what is known of the servers; none is started, or can be called."""
        self._known = {server.name: self._listed(server) for server in self._servers}

    def wait(self, seconds: float, *, for_new: bool = False) -> None:
        """Wait until each server was tried once, but no longer.

        With `for_new` only for those of which nothing is on offer yet.
        """
        until = time.monotonic() + seconds
        for name, listing in self._known.items():
            if not (for_new and listing.offers):
                self._is_up.wait(max(0.0, until - time.monotonic()))
                if owned := self._owned.get(name):
                    owned.was_tried.wait(max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """End the servers, within a few seconds."""
        if self._is_up.wait(CLOSE_SECONDS) and self._loop and self._closing:
            self._tell(self._closing.set)
            self._thread.join(CLOSE_SECONDS)

    def offered(self) -> Sequence[ToolSpec]:
        """Return what is known and approved, of servers that are away, too."""
        return [offer.spec for _, offer in self._offers()]

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        caller: Caller,
        key: UUID,
        seconds: float,
    ) -> str:
        """Call a tool; raises ToolFailedError and ToolUnclearError."""
        server, offer = self._find(name)
        filled = _fill(server, offer, arguments, caller, key)
        asked = Asked(server.name, offer.tool, filled, seconds)
        self._is_up.wait(max(0.0, asked.left))
        if owned := self._owned.get(server.name):
            self._tell(owned.take, asked)
        return asked.wait()

    def _listed(self, server: McpServer) -> Listing:
        try:
            return listed_before(server, self._pins.known(server.name))
        except Exception as error:  # noqa: BLE001  (the database's: it may come back)
            log.warning("what is known of MCP servers can't be read: %s", type(error))
            return Listing()

    def _offers(self) -> Iterator[tuple[McpServer, Offer]]:
        """Yield what there is room for in a prompt, the first servers' first."""
        room = MOST_OFFERED_BYTES
        for server in self._servers:
            owned = self._owned.get(server.name)
            listing = owned.listing if owned else self._known.get(server.name)
            for offer in listing.offers if listing else ():
                if offer.bytes <= room:
                    room -= offer.bytes
                    yield server, offer
                else:
                    self._leave_out(offer.spec.name)

    def _leave_out(self, name: str) -> None:
        if name not in self._left_out and len(self._left_out) < MOST_TOOLS:
            self._left_out.add(name)
            log.warning(
                "the tool %s is not offered: what the tools of MCP servers say of "
                'themselves takes more than %d bytes of a prompt: choose by "only"',
                *(name, MOST_OFFERED_BYTES),
            )

    def _find(self, name: str) -> tuple[McpServer, Offer]:
        for server, offer in self._offers():
            if offer.spec.name == name:
                return server, offer
        raise ToolFailedError("There is no such tool, or it waits for approval.")

    def _tell(self, what: Any, *about: Any) -> None:
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(what, *about)
        except RuntimeError:  # the loop is closed: whoever asks hears of no answer
            log.info("the thread of MCP servers has ended")

    def _run(self) -> None:
        for name in APART:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            asyncio.run(self._own_all())
        except Exception:
            log.exception("the thread of MCP servers ended")
        finally:
            self._is_up.set()

    async def _own_all(self) -> None:
        import anyio  # noqa: PLC0415  (of the extra)

        from bot.tools.mcp.owned import OwnedServer  # noqa: PLC0415  (loads the SDK)

        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        self._owned = {
            server.name: OwnedServer(
                server, self._pins, self._first_pause, self._known[server.name]
            )
            for server in self._servers
        }
        async with anyio.create_task_group() as tasks:
            for owned in self._owned.values():
                tasks.start_soon(owned.own)
            self._is_up.set()
            await self._closing.wait()
            # Not the tasks' own cancel(), which would break off the end of a process.
            tasks.cancel_scope.cancel()


def _fill(
    server: McpServer,
    offer: Offer,
    arguments: Mapping[str, Any],
    caller: Caller,
    key: UUID,
) -> dict[str, Any]:
    """Return the arguments with those that only the bot gives."""
    given = {name: v for name, v in arguments.items() if name not in server.filled}
    known = {name: getattr(caller, of) for name, of in server.caller.items()}
    if server.key:
        known[server.key] = key
    told = {name: str(value) for name, value in known.items() if value is not None}
    return {**given, **{n: v for n, v in told.items() if n in offer.filled}}
