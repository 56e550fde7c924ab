"""The MCP servers that are set, at work."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.tools.mcp.pins import Pins
    from bot.tools.mcp.toolbox import McpToolbox

# For a server that was never seen before; the tools of others are known.
START_SECONDS = 5.0


def build_servers(settings: Settings, pins: "Pins") -> "list[McpToolbox]":
    """Return the toolbox of all servers, started; none where there are none.

    Nor where the extra is not installed, of which the start's warnings tell.
    """
    from bot.tools.mcp.servers import is_installed
    from bot.tools.mcp.toolbox import McpToolbox

    servers = settings.tools.servers
    if not servers or not is_installed():
        return []
    toolbox = McpToolbox(servers, pins)
    toolbox.start()
    toolbox.wait(START_SECONDS, for_new=True)
    return [toolbox]
