"""What is said to a server: which tools it has, and calls of them.

The SDK's call_tool() checks what comes by the schema that the server gave, patterns
included, in our process; here it is taken as text.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from mcp import Client, MCPError
from mcp_types import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    PaginatedRequestParams,
)

from bot.tools.mcp.offering import MOST_TOOLS
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.wire.addresses import reached
from bot.tools.mcp.wire.children import started
from bot.tools.mcp.wire.faults import ServerFault
from bot.tools.mcp.wire.pace import paced
from bot.tools.mcp.wire.said import cut, read_said
from bot.tools.protocol import ToolFailedError
from db import __version__

US = Implementation(name="whatsapp-llm-bot", version=__version__)
MOST_PAGES = 20
LONGEST_REFUSAL = 500
# A server that says so did nothing; what else it refuses may have had its effect.
NOT_BEGUN = frozenset({INVALID_PARAMS, METHOD_NOT_FOUND})


@asynccontextmanager
async def connected(
    server: McpServer, *, shows_errors: bool = False
) -> AsyncIterator[Client]:
    """Yield a client of the server; raises whatever goes wrong, in groups."""
    if server.command is None:
        transport: Any = reached(server)
    else:
        transport = started(server, shows_errors=shows_errors)
    async with Client(paced(transport), client_info=US, cache=None) as client:
        yield client


async def list_tools(client: Client) -> Sequence[Mapping[str, Any]]:
    """Return what the server says of its tools. Raises MCPError and ServerFault."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.session.list_tools(
            params=PaginatedRequestParams(cursor=cursor)
        )
        found += [
            tool.model_dump(by_alias=True, mode="json", exclude_none=True)
            for tool in page.tools
        ]
        cursor = page.next_cursor
        if cursor is None or len(found) > MOST_TOOLS:
            return found
    raise ServerFault(f"has more than {MOST_PAGES} pages of tools")


async def call_tool(client: Client, tool: str, arguments: Mapping[str, Any]) -> str:
    """Return what the tool said.

    Raises ToolFailedError where the server says that nothing was done, and MCPError.
    """
    params = CallToolRequestParams(name=tool, arguments=dict(arguments))
    request = CallToolRequest(params=params)
    try:
        return read_said(await client.session.send_request(request, CallToolResult))
    except MCPError as error:
        if error.code in NOT_BEGUN:
            raise ToolFailedError(cut(error.message, LONGEST_REFUSAL)) from None
        raise
