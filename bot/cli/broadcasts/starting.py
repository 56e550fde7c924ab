"""`bot broadcast start`: what would be sent to whom is told, asked, and stored."""

# ruff: noqa: PLC0415

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from bot.cli.broadcasts.group import broadcast
from bot.cli.database import migrated_database, read_settings
from bot.cli.support.templates import find_account
from bot.terminal import one_line
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.broadcasts.summary import Summary
    from bot.whatsapp.templates.content import KnownTemplate
    from db.broadcasts.nouns import Wanted
    from db.database import Database

MOST_FAULTS = 20
STARTING_SECONDS = 300.0


@broadcast.command()
@click.argument("template")
@click.option(
    "--to", "given", required=True, metavar="FILE|QUERY",
    help="A CSV file, or a SELECT: address or user_id, a column for each variable, and "
    "opt_in, if it is told there how people said that they want it.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Tell, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--watch", is_flag=True, help="Show how far it gets; Ctrl-C ends that.")
def start(template: str, given: str, dry_run: bool, yes: bool, watch: bool) -> None:
    """Send TEMPLATE, a Content SID or its name, to whom a file or a query names.

    It goes to people alone who opted in, and did not write STOP. Nothing is sent if a
    line can't be read, or WhatsApp would refuse what fills the template.
    """
    chosen = _choose(template)
    with migrated_database() as database:
        wanted = _read(database, given, chosen)
        summary = _tell(database, chosen, wanted)
        if dry_run:
            click.echo("Nothing was sent: this was a dry run.")
            return
        if not summary.people:
            raise OperatorError("there is nobody to send it to: nothing was started")
        if not yes:
            click.confirm(f"Send it to {summary.to_send:,} people?", abort=True)
        broadcast_id = _start(database, chosen, summary)
        click.echo(
            f"Started: {broadcast_id}. The worker sends it; `bot broadcast report "
            f"{broadcast_id}` tells how far it got, `bot broadcast cancel "
            f"{broadcast_id}` stops it."
        )
        if watch:
            from bot.cli.broadcasts.watching import watch_until_over

            watch_until_over(database, broadcast_id)


def _choose(given: str) -> "KnownTemplate":
    from bot.broadcasts.checking import choose_template, fault_of_template
    from bot.whatsapp.templates.content import find_template, list_templates

    account = find_account()
    ways = partial(find_template, account), partial(list_templates, account)
    chosen = choose_template(given, *ways)
    if fault := fault_of_template(chosen, None):
        raise OperatorError(f"{fault}: nothing was started")
    return chosen


def _read(
    database: "Database", given: str, template: "KnownTemplate"
) -> "Sequence[Wanted]":
    from bot.broadcasts.checking import find_faults
    from bot.broadcasts.reading import read_wanted

    told = read_wanted(database, given, template.all_gaps)
    faults = [*told.faults, *find_faults(template.body, told.wanted)]
    if faults:
        for fault in faults[:MOST_FAULTS]:
            click.echo(one_line(fault), err=True)
        raise OperatorError(f"{len(faults):,} lines can't be sent: nothing was started")
    if told.unused:
        names = one_line(", ".join(told.unused))
        click.echo(f"Columns that the template has no use for: {names}", err=True)
    return told.wanted


def _tell(
    database: "Database", template: "KnownTemplate", wanted: "Sequence[Wanted]"
) -> "Summary":
    """Print what would be sent to whom."""
    from bot.broadcasts.checking import fill
    from bot.broadcasts.summary import describe, sum_up
    from bot.wiring.money.metering import build_message_prices
    from db.broadcasts.people import find_known
    from db.broadcasts.under_way import count_people_of_a_day

    settings = read_settings()
    with database.reading(STARTING_SECONDS) as connection:
        summary = sum_up([*find_known(connection, wanted, was_erased_in(database))])
    name, category = one_line(template.name), one_line(template.category)
    click.echo(f"{template.content_sid} {name}, {category or 'no category'}")
    for each in summary.people[:1]:
        click.echo(f"  {one_line(fill(template.body, each.wanted.variables))}")
    prices = build_message_prices(settings.money)
    used = count_people_of_a_day(database)
    for line in describe(summary, prices, settings.broadcasts, used):
        click.echo(line)
    return summary


def was_erased_in(database: "Database") -> "Callable[[str], bool]":
    """Return what tells of an address whether its person was erased."""
    from db.privacy.tombstones import count_tombstones, find_key, was_erased

    settings = read_settings()
    key = find_key(settings.erasure_key, settings.data_folder)
    if key is None or count_tombstones(database) == 0:
        return lambda _: False
    return lambda address: was_erased(database, key, [address])


def _start(database: "Database", template: "KnownTemplate", summary: "Summary") -> str:
    from db.broadcasts.nouns import NewBroadcast
    from db.broadcasts.starting import start_broadcast
    from db.outages import outages

    new = NewBroadcast(
        template_id=template.content_sid,
        name=template.name,
        category=template.category,
        body=template.body,
    )
    with outages(), database.transaction(STARTING_SECONDS) as connection:
        return start_broadcast(connection, new, summary.people)
