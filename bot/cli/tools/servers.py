"""`bot tools servers`: whether MCP servers answer, and what becomes of their tools."""

# ruff: noqa: PLC0415

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.database import read_settings, reading
from bot.cli.tools.group import tools
from bot.terminal import Column, printable, table, terminal_width
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.tools.mcp.asking import Answered
    from bot.tools.mcp.servers import McpServer

COLUMNS = (
    Column("TOOL"),
    Column("EFFECTS"),
    Column("APPROVAL"),
    Column("STATE", least=12),
)
NOT_INSTALLED = "What speaks to MCP servers is not installed: run `make mcp`."
Pinned = Mapping[tuple[str, str], str | None]


@tools.command()
@click.argument("name", required=False)
def servers(name: str | None) -> None:
    """Start or reach each MCP server of BOT_MCP once, and show its tools.

    What a server writes to stderr is shown as well. Nothing is called, nothing
    approved. Ends with 1 if one can't be used.
    """
    from bot.tools.mcp.servers import is_installed

    chosen = [s for s in read_settings().tools.servers if name in {None, s.name}]
    if not chosen:
        raise OperatorError(f"BOT_MCP names no server {name or 'at all'}.")
    if not is_installed():
        raise OperatorError(NOT_INSTALLED)
    sys.exit(0 if _ask_all(chosen) else 1)


def _ask_all(chosen: "Sequence[McpServer]") -> bool:
    """Show what each has; return whether all can be used."""
    from bot.tools.mcp.asking import ask_servers
    from db.tools.pins import read_pins

    with reading() as connection:
        pinned = {(pin.server, pin.tool): pin.approved for pin in read_pins(connection)}
    faults = 0
    for answered in ask_servers(chosen):
        faults += answered.choice is None
        for line in _shown(answered, pinned):
            click.echo(printable(line))
    return not faults


def _shown(answered: "Answered", pinned: Pinned) -> Iterator[str]:
    choice, name = answered.choice, answered.server.name
    if choice is None:
        yield f"The server {name} {answered.fault}."
        return
    yield f"The server {name} answers:"
    specs = {o.tool: o.spec for o in choice.listing(choice.told.keys()).offers}
    rows = [
        (specs[tool].name, specs[tool].effects, specs[tool].approval, state)
        for tool, state in _states(name, choice.told, pinned)
    ]
    left = [(tool, "", "", f"left out: {why}") for tool, why in choice.left_out]
    yield from table(COLUMNS, [*rows, *left], terminal_width())
    for tool in sorted(answered.server.rules.keys() - specs.keys()):
        yield f"It has no tool {tool}, of which BOT_MCP says something."


def _states(
    server: str, told: Mapping[str, str], pinned: Pinned
) -> Iterator[tuple[str, str]]:
    is_new = not any(name == server for name, _ in pinned)
    for tool, definition in told.items():
        if is_new or pinned.get((server, tool)) == definition:
            yield tool, "on offer"
        else:
            word = "changed" if pinned.get((server, tool)) else "new"
            yield tool, f"{word}: waits for `bot tools approve`"
