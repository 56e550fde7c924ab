"""One server and the one task that owns it: starts it, asks it, starts it again."""

import logging
import math
import threading
import time
from collections.abc import Mapping, Set
from contextlib import suppress

import anyio
import anyio.to_thread
from mcp import Client, MCPError

from bot.tools.mcp.asked import LATE, Asked
from bot.tools.mcp.offering import Listing, choose
from bot.tools.mcp.pins import Pins
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.wire.faults import CLOSED, ServerFault, reason_of
from bot.tools.mcp.wire.talking import call_tool, connected, list_tools
from bot.tools.protocol import ToolFailedError

log = logging.getLogger(__name__)

START_SECONDS = 30.0  # an old server is asked in two ways, ten seconds each
LIST_SECONDS, PINS_SECONDS = 10.0, 10.0
MOST_WAITING, MOST_AT_ONCE = 32, 8
# So many calls in a row that come to nothing in time: it hangs, and is started again.
MOST_LATE = 3
LONGEST_PAUSE_SECONDS = 300.0
# How old a list may be when a call is begun, and when nobody calls.
FRESH_SECONDS, REFRESH_SECONDS = 1.0, 60.0
# While something waits for an operator's yes.
WAITING_SECONDS = 10.0


class OwnedServer:
    """A server as seen from two sides: threads that ask, and the task that owns it.

    `listing` is what is known of its tools: replaced as a whole, never changed.
    """

    def __init__(
        self, server: McpServer, pins: Pins, first_pause: float, listing: Listing
    ) -> None:
        self.server, self.listing = server, listing
        self.was_tried = threading.Event()
        self._pins, self._first_pause = pins, first_pause
        self._send, self._queue = anyio.create_memory_object_stream[Asked](MOST_WAITING)
        self._looking = anyio.Lock()
        self._looked = -math.inf
        self._has_pins = True  # False: they are waited for, or could not be read
        self._failures = self._late = 0
        self._away = ""  # why, while it is not worth waiting for

    def take(self, asked: Asked) -> None:
        """Take a call in; to be called in the loop that own() runs in."""
        if self._away:
            asked.fail(f"is not to be had now: it {self._away}")
            return
        try:
            self._send.send_nowait(asked)
        except anyio.WouldBlock:
            asked.fail(f"is busy: {MOST_WAITING} calls wait for it")

    async def own(self) -> None:
        """Keep the server at work until cancelled."""
        with self._send, self._queue:
            while True:
                try:
                    await self._work()
                except Exception as error:  # noqa: BLE001  (whatever the SDK raises)
                    self._fall(reason_of(error))
                await anyio.sleep(self._pause())

    def _fall(self, why: str) -> None:
        self._failures += 1
        self._late, self._looked = 0, -math.inf
        self._away = why if self._failures > 1 else ""  # it may be back in a moment
        log.warning(
            "the MCP server %s %s: tried again in %g s",
            *(self.server.name, why, self._pause()),
        )
        self.was_tried.set()
        with suppress(anyio.WouldBlock):
            while self._away:
                self.take(self._queue.receive_nowait())

    def _pause(self) -> float:
        pause = self._first_pause * 2.0 ** min(self._failures - 1, 20)
        return min(pause, LONGEST_PAUSE_SECONDS)

    async def _work(self) -> None:
        """Start it and answer calls; ends by raising what went wrong."""
        with anyio.fail_after(START_SECONDS) as starting:
            async with connected(self.server) as client:
                await self._look_if_pins(client)
                starting.deadline, self._away = math.inf, ""
                self.was_tried.set()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._refresh, client)
                    for _ in range(MOST_AT_ONCE):
                        tasks.start_soon(self._answer_all, client)

    async def _refresh(self, client: Client) -> None:
        while True:
            soon = bool(self.listing.waiting) or not self._has_pins
            await anyio.sleep(WAITING_SECONDS if soon else REFRESH_SECONDS)
            await self._look_if_pins(client)
            self._failures = 0

    async def _look_if_pins(self, client: Client) -> None:
        """Look; without pins what was known before is kept, and calls under way."""
        with suppress(ToolFailedError):
            await self._look(client)

    async def _answer_all(self, client: Client) -> None:
        while True:
            asked = await self._queue.receive()
            try:
                await self._answer(client, asked)
            finally:
                self._let_go(asked)

    def _let_go(self, asked: Asked) -> None:
        """Leave what came to nothing to the next connection, if it was not begun."""
        if asked.is_begun:
            asked.fail("was lost while it was asked")
        elif asked.is_open:
            self.take(asked)

    async def _answer(self, client: Client, asked: Asked) -> None:
        """Answer a call. Raises what ends the connection."""
        if asked.left <= 0:  # it waited for others: the server never heard of it
            asked.fail(LATE)
            return
        try:
            with anyio.fail_after(asked.left):
                await self._look_again(client)
                if self._may_begin(asked):
                    asked.end(await call_tool(client, asked.tool, asked.arguments))
            self._late = self._failures = 0
        except TimeoutError:
            asked.fail(LATE)
            if self._has_pins:
                self._count_late()
        except ToolFailedError as error:
            asked.refuse(str(error))
        except (MCPError, ValueError) as error:
            if not asked.is_begun or getattr(error, "code", 0) == CLOSED:
                raise
            asked.fail(f"gave no answer that can be read: it {reason_of(error)}")

    def _may_begin(self, asked: Asked) -> bool:
        if asked.tool not in {offer.tool for offer in self.listing.offers}:
            raise ToolFailedError(
                "This tool is not to be had now: it is gone, or changed and waits for "
                "an operator's approval."
            )
        return asked.begin()

    def _count_late(self) -> None:
        self._late += 1
        if self._late >= MOST_LATE:
            raise ServerFault(f"let {MOST_LATE} calls in a row wait in vain")

    async def _look_again(self, client: Client) -> None:
        async with self._looking:
            if time.monotonic() - self._looked > FRESH_SECONDS:
                await self._look(client)

    async def _look(self, client: Client) -> None:
        """Learn which tools there are, and which of them are known.

        Raises ToolFailedError where the pins can't be read, and what ends a connection.
        """
        with anyio.fail_after(LIST_SECONDS):
            told = await list_tools(client)
        choice = choose(self.server, told)
        listing = choice.listing(await self._approved(choice.told))
        if listing.waiting != self.listing.waiting and listing.waiting:
            log.warning(
                "the MCP server %s has %d tools that are new or changed: they wait for "
                "`bot tools approve %s`",
                *(self.server.name, len(listing.waiting), self.server.name),
            )
        self.listing, self._looked = listing, time.monotonic()

    async def _approved(self, told: Mapping[str, str]) -> Set[str]:
        """Return which are approved; what fails here is not the server's fault."""
        self._has_pins = False
        try:
            with anyio.fail_after(PINS_SECONDS):
                approved = await anyio.to_thread.run_sync(
                    self._pins.look, self.server.name, told, abandon_on_cancel=True
                )
        except Exception as error:  # noqa: BLE001  (the database's: it may come back)
            log.warning(
                "which tools of the MCP server %s are approved can't be read (%s): no "
                "call is begun until it can",
                *(self.server.name, type(error).__name__),
            )
            raise ToolFailedError("This tool is not to be had now.") from None
        self._has_pins = True
        return approved
