"""`bot broadcast list`, `report`, `watch`, `pause`, `resume` and `cancel`."""

# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.cli.broadcasts.group import broadcast
from bot.cli.database import migrated_database, reading

if TYPE_CHECKING:
    from db.database import Connection

MOST_LISTED = 1000
BY_HAND = "by hand"


@broadcast.command("list")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, MOST_LISTED)
)
def list_(limit: int) -> None:
    """List broadcasts, the newest first."""
    from bot.cli.broadcasts.describing import COLUMNS, row_of
    from bot.cli.show import show_table
    from db.broadcasts.looking import list_broadcasts

    with reading() as connection:
        found = list_broadcasts(connection, limit)
    show_table(COLUMNS, [row_of(each) for each in found])


@broadcast.command()
@click.argument("broadcast_id", metavar="ID")
def report(broadcast_id: str) -> None:
    """Tell how far one got: sent, delivered, read, failed and why, and what it cost."""
    from bot.cli.broadcasts.watching import report as show_report

    with migrated_database() as database:
        show_report(database, broadcast_id)


@broadcast.command()
@click.argument("broadcast_id", metavar="ID")
def watch(broadcast_id: str) -> None:
    """Show how far one gets, until it is over; Ctrl-C ends the watching alone."""
    from bot.cli.broadcasts.watching import watch_until_over

    with migrated_database() as database:
        watch_until_over(database, broadcast_id)


@broadcast.command()
@click.argument("broadcast_id", metavar="ID")
def pause(broadcast_id: str) -> None:
    """Give nobody a turn until `resume`; what was stored goes out."""
    from db.broadcasts.states import pause as stop

    def act(connection: "Connection") -> bool:
        return stop(connection, broadcast_id, BY_HAND, by_hand=True)

    _change(broadcast_id, act, "It pauses: `bot broadcast resume` goes on.")


@broadcast.command()
@click.argument("broadcast_id", metavar="ID")
def resume(broadcast_id: str) -> None:
    """Go on with one that is paused, with whoever had no turn yet.

    Whose message Twilio refused because the number may send no more gets another turn.
    """
    from db.broadcasts.states import resume as go_on

    def act(connection: "Connection") -> bool:
        return go_on(connection, broadcast_id)

    _change(broadcast_id, act, "It goes on.")


@broadcast.command()
@click.argument("broadcast_id", metavar="ID")
def cancel(broadcast_id: str) -> None:
    """End one for good: whoever had no turn yet gets none."""
    from db.broadcasts.states import cancel as end

    def act(connection: "Connection") -> bool:
        return end(connection, broadcast_id)

    _change(broadcast_id, act, "It is canceled.")


def _change(broadcast_id: str, act: "Callable[[Connection], bool]", told: str) -> None:
    from db.broadcasts.states import find_broadcast
    from db.outages import outages

    with (
        migrated_database() as database,
        outages(),
        database.transaction() as connection,
    ):
        state = find_broadcast(connection, broadcast_id).state
        changed = act(connection)
    click.echo(told if changed else f"It is {state}: nothing changed.")
