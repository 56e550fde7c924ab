"""`bot tools list`, `show` and `check`."""

import json
from typing import TYPE_CHECKING

import click

from bot.cli.show import show_table
from bot.cli.tools.group import find, load, tools
from bot.terminal import Column, one_line, printable, printable_json
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.tools.protocol import ToolSpec

COLUMNS = (
    Column("tool", least=12),
    Column("from"),
    Column("effects"),
    Column("allowed by"),
    Column("what it does", least=12),
)
# What happens with a call that broke off, by what calling twice would do.
EFFECTS = {
    "none": "it only reads, and may be called again",
    "keyed": "called again with the same key, it changes nothing more",
    "once": "it may happen twice, so it is never called again: a person is told",
}
ALLOWED = {
    "always": "nobody has to allow it",
    "customer": "the customer has to allow it",
    "operator": "an operator has to allow it",
    "never": "nobody may call it",
}


@tools.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_tools(as_json: bool) -> None:
    """List what the LLM is offered."""
    loaded = load()
    for name in loaded.faults:
        click.echo(f"Not offered: {name}; `bot tools check` tells why.", err=True)
    found = loaded.registry.offered()
    if as_json:
        click.echo(printable_json(json.dumps(list(map(_as_json, found)), indent=2)))
        return
    show_table(COLUMNS, [_row(spec) for spec in found])


def _row(spec: "ToolSpec") -> tuple[str, ...]:
    told = one_line(spec.description.strip().partition("\n")[0])
    allowed_by = " or ".join(sorted({spec.approval, *spec.approvals.values()}))
    return spec.name, spec.source, spec.effects, allowed_by, told


def _as_json(spec: "ToolSpec") -> dict[str, object]:
    return {
        "name": spec.name,
        "source": spec.source,
        "effects": spec.effects,
        "approval": spec.approval,
        "resource": spec.resource,
        "approvals": dict(spec.approvals),
        "description": spec.description,
        "parameters": dict(spec.parameters),
    }


@tools.command()
@click.argument("name")
def show(name: str) -> None:
    """Tell all that there is to know of a tool."""
    spec = find(load(), name)
    click.echo(printable(spec.description))
    click.echo(f"\nFrom: {spec.source}, {spec.seconds:g} s at most")
    click.echo(f"Effects: {EFFECTS[spec.effects]}")
    click.echo(f"Approval: {ALLOWED[spec.approval]}")
    for like, approval in spec.approvals.items():
        click.echo(f"  of {printable(like)}: {ALLOWED[approval]}")
    if spec.resource:
        click.echo(f"What it acts on: {printable(spec.resource)}")
    click.echo("Arguments:")
    click.echo(printable_json(json.dumps(dict(spec.parameters), indent=2)))


@tools.command()
def check() -> None:
    """Load all tools as the worker does, and tell how many there are.

    What can't be loaded is told, and what to mend.
    """
    loaded = load()
    found = loaded.registry.offered()
    ones = sum(spec.effects == "once" for spec in found)
    click.echo(f"{len(found)} tools can be called.")
    if ones:
        click.echo(
            f"{ones} of them may take effect twice if repeated: a call of theirs that "
            'breaks off becomes unknown, and a person is told. Declare effects="none"'
            ' or effects="keyed" where that is true.'
        )
    if loaded.faults:
        told = [f"  {name}: {fault}" for name, fault in loaded.faults.items()]
        raise OperatorError(printable("\n".join(["These are not offered:", *told])))
