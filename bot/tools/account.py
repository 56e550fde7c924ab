"""Where tools come from: what an operator sets of them."""

from dataclasses import dataclass
from pathlib import Path

from bot.environment import Reader
from bot.tools.mcp.account import read_mcp
from bot.tools.mcp.servers import McpServer

MODULE = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[^\x00]*[^/\x00]\.py"
MODULE_HINT = "a module's name, or the path of a Python file that ends in .py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSources:
    """What tools there are to load; `module` is an operator's own Python.

    `statements` is a folder of SQL tools. `servers` are MCP servers.
    """

    module: str | None = None
    statements: Path | None = None
    servers: tuple[McpServer, ...] = ()

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return bool(self.module or self.statements or self.servers)


def read_tools(read: Reader) -> ToolSources:
    """Return what is set; what is wrong is collected by the reader."""
    folder = read.text("BOT_SQL_TOOLS")
    return ToolSources(
        module=read.text("BOT_TOOLS", MODULE, MODULE_HINT),
        statements=Path(folder).absolute() if folder else None,
        servers=read_mcp(read),
    )
