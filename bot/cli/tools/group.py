"""`bot tools`: the group, and the tools as this machine's settings have them."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.cli.database import read_settings
from bot.cli.root import main
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.tools.protocol import ToolSpec
    from bot.tools.registry import Registry


@main.group()
def tools() -> None:
    """Look at what the bot may do for people, and try it."""


def load() -> "Registry":
    """Return the tools that are set. Raises OperatorError where there are none."""
    from bot.wiring.acting.tools import build_registry

    settings = read_settings()
    if not settings.tools.are_set:
        raise OperatorError("no tools are set: see BOT_TOOLS in .env.example")
    return build_registry(settings)


def find(registry: "Registry", name: str) -> "ToolSpec":
    """Return a tool by its name. Raises OperatorError."""
    for spec in registry.offered():
        if spec.name == name:
            return spec
    raise OperatorError(f"there is no tool {name!r}: `bot tools list` names them")
