"""`bot tools approve`: what MCP servers changed is called again after a yes."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database
from bot.cli.tools.group import tools
from bot.terminal import printable
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.tools.pins import Pin


@tools.command()
@click.argument("server", required=False)
@click.argument("names", metavar="[TOOL]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Don't ask.")
def approve(server: str | None, names: tuple[str, ...], *, yes: bool) -> None:
    """Approve tools of MCP servers that are new, or say something else of themselves.

    Shown is what a tool says of itself, with what it said when it was approved. The
    workers take it up within seconds. What changes again meanwhile still waits.
    """
    from db.tools.pins import approve as approve_shown
    from db.tools.pins import read_pins

    with migrated_database() as database:
        with database.reading() as connection:
            found = list(_chosen(read_pins(connection), server, names))
        if not found:
            raise OperatorError(f"{_about(server, names)} waits for an approval.")
        for pin in found:
            click.echo(printable("\n".join(_shown(pin))))
        if not yes:
            click.confirm(f"Approve {len(found)} tools as shown?", abort=True)
        with database.transaction() as connection:
            done = approve_shown(connection, found)
    for pin in found:
        word = "Approved" if pin in done else "Changed again, not approved"
        click.echo(printable(f"{word}: {pin.tool} of {pin.server}"))


def _chosen(
    pins: "Sequence[Pin]", server: str | None, names: Sequence[str]
) -> "Iterator[Pin]":
    for pin in pins:
        if pin.waiting is None or server not in {None, pin.server}:
            continue
        if not names or pin.tool in names:
            yield pin


def _about(server: str | None, names: Sequence[str]) -> str:
    what = "None of these tools" if names else "Nothing"
    return f"{what} of the server {server}" if server else what


def _shown(pin: "Pin") -> Iterator[str]:
    yield f"{pin.tool} of {pin.server}, {'changed' if pin.approved else 'new'}:"
    before, now = _lines(pin.approved), _lines(pin.waiting)
    for line in unified_diff(before, now, lineterm="", n=3):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {line}"


def _lines(told: str | None) -> list[str]:
    if told is None:
        return []
    return json.dumps(json.loads(told), indent=2, ensure_ascii=False).splitlines()
