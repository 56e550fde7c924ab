"""What the LLM is offered of tools, where none is to be called."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.acting.tools import build_boxes
from db.database import Database

if TYPE_CHECKING:
    from bot.tools.protocol import Toolbox, ToolSpec


def build_specs(settings: Settings, database: Database) -> "list[ToolSpec]":
    """Return the tools that the LLM is offered, without starting or asking anything.

    Those of MCP servers as they were approved last, those of SQL files as the files
    have them. Raises OperatorError where one can't be loaded.
    """
    from bot.evaluation.playback import OnlyOffered
    from bot.tools.registry import Registry
    from bot.tools.sql.files import load_sql_tools
    from db.tools.scheduled import Reminders

    if not settings.has_tools:
        return []
    boxes: list[Toolbox] = build_boxes(settings, Reminders(database))
    folder = settings.tools.statements
    if folder is not None and settings.tools_database_url:
        boxes.append(OnlyOffered([tool.spec for tool in load_sql_tools(folder)]))
    return list(Registry([*boxes, *_known_servers(settings, database)]).offered())


def _known_servers(settings: Settings, database: Database) -> "list[Toolbox]":
    from bot.tools.mcp.servers import is_installed
    from bot.tools.mcp.toolbox import McpToolbox
    from db.tools.pins import ToolPins

    if not settings.tools.servers or not is_installed():
        return []
    toolbox = McpToolbox(settings.tools.servers, ToolPins(database))
    toolbox.look_up()
    return [toolbox]
