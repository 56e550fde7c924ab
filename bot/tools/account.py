"""Where tools come from: what an operator sets of them."""

from dataclasses import dataclass

from bot.environment import Reader
from bot.tools.mcp.account import read_mcp
from bot.tools.mcp.servers import McpServer

MODULE = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[^\x00]*[^/\x00]\.py"
MODULE_HINT = "a module's name, or the path of a Python file that ends in .py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSources:
    """What tools there are to load; `module` is an operator's own Python.

    `servers` are MCP servers.
    """

    module: str | None = None
    servers: tuple[McpServer, ...] = ()

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return self.module is not None or bool(self.servers)


def read_tools(read: Reader) -> ToolSources:
    """Return what is set; what is wrong is collected by the reader."""
    return ToolSources(
        module=read.text("BOT_TOOLS", MODULE, MODULE_HINT), servers=read_mcp(read)
    )
