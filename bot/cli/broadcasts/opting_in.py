"""`bot users opt-in`: who said that they want to be written to, and how."""

# ruff: noqa: PLC0415

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.broadcasts.starting import was_erased_in
from bot.cli.database import migrated_database
from bot.cli.users import users
from bot.terminal import one_line
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.broadcasts.reading import Told
    from db.broadcasts.nouns import Wanted
    from db.database import Database

MOST_SHOWN = 20
SECONDS = 300.0


@users.command("opt-in")
@click.argument("whom", metavar="ADDRESS|FILE")
@click.option("--how", help="How they said so, such as 'form of 2026-11-01'.")
@click.option("--withdraw", is_flag=True, help="They don't want it any more.")
def opt_in(whom: str, how: str | None, withdraw: bool) -> None:
    """Record that people want to be written to first: broadcasts go to them alone.

    A FILE is CSV with a column address (or user_id), and opt_in where it is told for
    each how they said so. Who is not known yet will be. STOP takes it away, and no
    record brings it back: after START they are asked anew.
    """
    if withdraw:
        _withdraw(whom)
        return
    from bot.broadcasts.reading import read_people

    with migrated_database() as database:
        told = read_people(database, whom)
        _require(told)
        wanted = [
            replace(e, opt_in=e.opt_in or (how or "").strip()) for e in told.wanted
        ]
        if any(not each.opt_in for each in wanted):
            raise OperatorError("say how they said so: --how, or a column opt_in")
        _record(database, wanted)


def _require(told: "Told") -> None:
    for fault in told.faults[:MOST_SHOWN]:
        click.echo(one_line(fault), err=True)
    if told.faults:
        raise OperatorError(
            f"{len(told.faults):,} lines can't be read: nothing was recorded"
        )


def _record(database: "Database", wanted: "list[Wanted]") -> None:
    from collections import Counter

    from db.broadcasts.people import find_known, keep_opt_ins
    from db.outages import outages

    was_erased = was_erased_in(database)
    with outages(), database.transaction(SECONDS) as connection:
        known = [*find_known(connection, wanted, was_erased, needs_opt_in=False)]
        kept = keep_opt_ins(connection, [e for e in known if e.left_out is None])
    click.echo(f"Recorded: {kept:,} opt-ins.")
    left_out = Counter(each.left_out for each in known if each.left_out)
    for why, people in left_out.most_common():
        click.echo(f"Left out, {why}: {people:,}")
    if had := sum(each.left_out is None for each in known) - kept:
        click.echo(f"Recorded before: {had:,}")


def _withdraw(whom: str) -> None:
    from db.broadcasts.people import withdraw_opt_in
    from db.outages import outages
    from db.queries.people import find_person

    if Path(whom).exists():
        raise OperatorError("--withdraw takes one ADDRESS")
    with (
        migrated_database() as database,
        outages(),
        database.transaction() as connection,
    ):
        person = find_person(connection, whom)
        changed = withdraw_opt_in(connection, person.user_id)
    click.echo("Withdrawn." if changed else "There was no opt-in: nothing changed.")
