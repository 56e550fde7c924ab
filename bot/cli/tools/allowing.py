"""`bot tools waiting`, `allow` and `refuse`: calls that somebody has to allow."""

# ruff: noqa: PLC0415

import json
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, read_settings
from bot.cli.tools.group import tools
from bot.terminal import one_line
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.records import Call
    from db.support.allowing import Allowing


@tools.command()
def waiting() -> None:
    """List the calls that wait to be allowed, the oldest first."""
    from db.support.allowing import MOST_LISTED, Allowing

    with migrated_database() as database:
        found = Allowing(database).waiting()
    for call in found:
        click.echo(f"{call.call_id}  {call.created_at:%Y-%m-%d %H:%M}  {_tell(call)}")
    if not found:
        click.echo("No call waits.")
    if len(found) == MOST_LISTED:
        click.echo(f"These are the oldest {MOST_LISTED}: there may be more.")


@tools.command()
@click.argument("call")
def allow(call: str) -> None:
    """Allow a call: it is carried out once, and its user is told.

    CALL is the beginning of its id, as `bot tools waiting` tells it.
    """
    _decide(call, allows=True)


@tools.command()
@click.argument("call")
def refuse(call: str) -> None:
    """Refuse a call: it is never carried out, and its user is told.

    CALL is the beginning of its id, as `bot tools waiting` tells it.
    """
    _decide(call, allows=False)


def _decide(beginning: str, *, allows: bool) -> None:
    from db.support.allowing import Allowing
    from db.tools.calls import MOST_DAYS

    if not read_settings().has_tools:
        raise OperatorError(
            "no tools are set, so no call can be carried out: BOT_TOOLS"
        )
    with migrated_database() as database:
        allowing = Allowing(database)
        call = _find(allowing, beginning)
        if not allowing.decide(call, allows=allows):
            raise OperatorError(
                "it waits no more: somebody decided it just now, or it waited for"
                f" {MOST_DAYS} days, after which it can only be refused"
            )
    then = "the worker carries it out" if allows else "it is never carried out"
    word = "Allowed" if allows else "Refused"
    click.echo(f"{word}: {_tell(call)}. Now {then} and tells its user.")


def _find(allowing: "Allowing", beginning: str) -> "Call":
    """Return the call that waits. Raises OperatorError where that is not one."""
    given = beginning.strip().lower()
    found = allowing.beginning(given) if given else []
    if len(found) != 1:
        many = "several calls wait" if found else "no call waits"
        raise OperatorError(f"{many} whose id begins so: see `bot tools waiting`")
    return found[0]


def _tell(call: "Call") -> str:
    """Return what is to be called, with what others wrote made safe."""
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    return one_line(f"{call.tool} {arguments}")
