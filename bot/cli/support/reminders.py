"""`bot reminders`: what the bot says later, for those who run it."""

# ruff: noqa: PLC0415

import json
from dataclasses import asdict
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, read_settings, reading
from bot.cli.root import main
from bot.cli.show import show_table, tell_if_cut
from bot.terminal import Column, one_line, printable_json
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.tools.scheduled import Listed

SHOWN = 8  # of an id: enough to name one
COLUMNS = (
    Column("id"),
    Column("due"),
    Column("kind", spare=1),
    Column("address", least=22),
    Column("text", least=12),
)


@main.group()
def reminders() -> None:
    """Look after what the bot says later: reminders and follow-ups."""


@reminders.command("list")
@click.option("--as", "whose", metavar="ADDRESS", help="Only theirs.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(whose: str | None, as_json: bool) -> None:
    """List what waits, what is due next first, at times as of TIMEZONE."""
    from db.queries.people import find_person
    from db.tools.scheduled import MOST_LISTED, list_waiting

    with reading() as connection:
        user_id = find_person(connection, whose).user_id if whose else None
        found = list_waiting(connection, user_id)
    if as_json:
        told = json.dumps([asdict(one) for one in found], default=str, indent=2)
        click.echo(printable_json(told))
        return
    zone = read_settings().policy.timezone
    show_table(COLUMNS, [_row(one, zone) for one in found])
    tell_if_cut(len(found), MOST_LISTED)


@reminders.command()
@click.argument("id_", metavar="ID")
def cancel(id_: str) -> None:
    """Cancel one: it is not said. ID is the beginning of its id, as `list` shows it."""
    from db.tools.scheduled import cancel_by_operator, list_waiting

    given = id_.strip().lower()
    with migrated_database() as database, database.transaction() as connection:
        found = list_waiting(connection, beginning=given) if given else []
        if len(found) != 1:
            many = "several wait" if found else "nothing waits"
            raise OperatorError(f"{many} whose id begins so: see `bot reminders list`")
        if not cancel_by_operator(connection, found[0].scheduled_id):
            raise OperatorError("it was said, or canceled, just now")
    told = one_line(f"{found[0].kind} {found[0].text}".strip())
    click.echo(f"Canceled: {told}. It is not said any more.")


def _row(one: "Listed", zone: tzinfo) -> tuple[str, ...]:
    return (
        str(one.scheduled_id)[:SHOWN],
        f"{one.say_at.astimezone(zone):%Y-%m-%d %H:%M}",
        one.kind,
        one_line(one.address or ""),
        one_line(one.text),
    )
