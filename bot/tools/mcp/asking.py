"""Asks servers once what tools they have, for an operator at a terminal."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import anyio

from bot.tools.mcp.offering import Choice, choose
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.toolbox import APART
from bot.tools.mcp.wire.faults import reason_of
from bot.tools.mcp.wire.talking import connected, list_tools

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What one server has; `choice` is None where it is of no use, for `fault`."""

    server: McpServer
    choice: Choice | None
    fault: str = ""


def ask_servers(servers: Sequence[McpServer]) -> Iterator[Answered]:
    """Start or reach one after the other, and end it again.

    What a process writes to stderr goes to the terminal's.
    """
    for name in APART:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for server in servers:
        yield asyncio.run(_ask(server))


async def _ask(server: McpServer) -> Answered:
    try:
        with anyio.fail_after(SECONDS):
            async with connected(server, shows_errors=True) as client:
                return Answered(server, choose(server, await list_tools(client)))
    except Exception as error:  # noqa: BLE001  (whatever the SDK raises)
        return Answered(server, None, reason_of(error))
