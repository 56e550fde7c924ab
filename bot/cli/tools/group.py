"""`bot tools`: the group, and the tools as this machine's settings have them."""

# ruff: noqa: PLC0415

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.cli.database import read_settings, reading
from bot.cli.root import main
from bot.terminal import printable
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.tools.mcp.toolbox import McpToolbox
    from bot.tools.protocol import ToolSpec
    from bot.tools.registry import Registry
    from bot.tools.sql.toolbox import SqlTools


@dataclass(frozen=True, slots=True)
class Loaded:
    """The tools on offer, and why others are not, by their names."""

    registry: "Registry"
    faults: Mapping[str, str]


@main.group()
def tools() -> None:
    """Look at what the bot may do for people, and try it."""


def load() -> Loaded:
    """Return the tools that are set, and why some of them are not offered.

    Raises OperatorError where there are none.
    """
    from bot.wiring.acting.tools import build_registry

    settings = _read_settings()
    if not settings.tools.are_set:
        raise OperatorError(
            "no tools are set: see BOT_TOOLS, BOT_SQL_TOOLS and BOT_MCP in .env.example"
        )
    statements = _look_at_statements(settings)
    registry = build_registry(settings, [*statements, *_start_servers(settings)])
    faults = {n: why for box in statements for n, why in box.faults().items()}
    return Loaded(registry, faults)


def _read_settings() -> "Settings":
    """Return the settings; where no tools are set, with those of a running demo."""
    from bot.environment import PROJECT, load_environment
    from bot.local.demo.shop import find_announced
    from bot.settings import Settings

    settings = read_settings()
    if settings.tools.are_set or settings.in_memory:
        return settings
    given = load_environment(os.environ, PROJECT / ".env")
    return Settings.from_env({**given, **find_announced(settings.data_folder)})


def _look_at_statements(settings: "Settings") -> "list[SqlTools]":
    """Look once at the SQL tools."""
    from bot.wiring.acting.sql import build_sql_tools

    toolbox = build_sql_tools(settings)
    if toolbox is None:
        return []
    click.get_current_context().call_on_close(toolbox.close)
    toolbox.look()
    return [toolbox]


def _start_servers(settings: "Settings") -> "list[McpToolbox]":
    """Start the MCP servers for this command; their tools as they are approved."""
    from bot.tools.mcp.pins import PinsAsTheyAre
    from bot.wiring.acting.mcp import build_servers
    from db.tools.pins import read_pins

    if not settings.tools.servers:
        return []
    with reading() as connection:
        pins = read_pins(connection)
    approved: dict[str, dict[str, str]] = {pin.server: {} for pin in pins}
    for pin in pins:
        if pin.approved is not None:
            approved[pin.server][pin.tool] = pin.approved
    started = build_servers(settings, PinsAsTheyAre(approved))
    for toolbox in started:
        click.get_current_context().call_on_close(toolbox.close)
    return started


def find(loaded: Loaded, name: str) -> "ToolSpec":
    """Return a tool by its name. Raises OperatorError."""
    for spec in loaded.registry.offered():
        if spec.name == name:
            return spec
    if fault := loaded.faults.get(name):
        raise OperatorError(printable(f"the tool {name} is not offered: {fault}"))
    raise OperatorError(f"there is no tool {name!r}: `bot tools list` names them")
