"""`bot tools call`: one call by hand."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING
from uuid import uuid4

import click

from bot.cli.database import reading
from bot.cli.tools.group import find, load, tools
from bot.terminal import one_line, printable
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.tools.protocol import Caller
    from db.queries.people import Person


@tools.command()
@click.argument("name")
@click.argument("arguments", default="{}")
@click.option("--as", "whose", required=True, metavar="ADDRESS",
              help="For whom: an address or a user_id.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Don't ask, though it may change something.")
def call(name: str, arguments: str, whose: str, yes: bool) -> None:
    """Call a tool with ARGUMENTS, a JSON object, as the bot does for somebody.

    It is no part of anybody's chat, and stands in no ledger.
    """
    from bot.tools.protocol import ToolFailedError, ToolUnclearError
    from bot.tools.schemas import ArgumentsError, read_arguments
    from db.queries.people import find_person

    loaded = load()
    spec = find(loaded, name)
    try:
        given = read_arguments(arguments, spec.parameters)
    except ArgumentsError as error:
        raise OperatorError(f"{name} can't be called so: {error}") from None
    with reading() as connection:
        person = find_person(connection, whose)
    if spec.effects != "none" and not yes:
        click.confirm(f"Call {name} for {one_line(whose)}? It takes effect", abort=True)
    caller = _caller(person)
    try:
        told = loaded.registry.call(name, given, caller, uuid4(), spec.seconds)
    except ToolFailedError as error:
        raise OperatorError(f"it failed, and nothing was done: {error}") from None
    except ToolUnclearError as error:
        raise OperatorError(f"whether it took effect is not known: {error}") from None
    click.echo(printable(told))


def _caller(person: "Person") -> "Caller":
    from bot.tools.protocol import Caller

    return Caller(
        user_id=person.user_id,
        address=person.address,
        chat_id="by hand",
        name=person.full_name,
    )
