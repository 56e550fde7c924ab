"""The tools that are set, under one roof, and the ledger of their calls."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.acting.mcp import build_servers
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from procrastinate import App

    from bot.tools.acting import Acting
    from bot.tools.protocol import Toolbox
    from bot.tools.registry import Registry


def build_acting(settings: Settings, database: Database) -> "Acting | None":
    """Return what calls tools for answers; None where none are set.

    Raises OperatorError where one can't be loaded.
    """
    from bot.tools.acting import Acting
    from bot.tools.registry import Registry
    from db.tools.calls import ToolCalls
    from db.tools.pins import ToolPins

    if not settings.tools.are_set:
        return None
    boxes: list[Toolbox] = [
        *_build_boxes(settings),
        *build_servers(settings, ToolPins(database)),
    ]
    return Acting(Registry(boxes), ToolCalls(database))


def build_registry(settings: Settings, more: "Sequence[Toolbox]" = ()) -> "Registry":
    """Return the tools that are here, and more: those of servers that are started.

    Raises OperatorError where one can't be loaded.
    """
    from bot.tools.registry import Registry

    return Registry([*_build_boxes(settings), *more])


def _build_boxes(settings: Settings) -> "list[Toolbox]":
    from bot.tools.python_tools import load_python_tools

    module = settings.tools.module
    return [load_python_tools(module)] if module else []


def register_tools(
    queue: "App", settings: Settings, database: Database, stopping: "Callable[[], bool]"
) -> None:
    """Register what looks after calls that were left open; nothing without tools."""
    from bot.worker.acting.sweeping import register_sweep_of_calls
    from db.tools.calls import ToolCalls

    if settings.tools.are_set:
        ledger, lasts = ToolCalls(database), settings.handoff.lasts
        register_sweep_of_calls(queue, ledger, lasts, stopping)
