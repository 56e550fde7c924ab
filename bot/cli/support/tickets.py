"""`bot tickets`: the cases that need a person."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, reading
from bot.cli.root import main
from bot.cli.show import readable_time, show_table, tell_if_cut
from bot.terminal import Column, one_line, printable, printable_json
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.database import Connection
    from db.records import LogEntry, Ticket

MOST_LISTED = 1000
MOST_SECONDS = 30.0
STATUSES = ("open", "waiting", "snoozed", "resolved")
COLUMNS = (
    Column("ticket", right=True),
    Column("status"),
    Column("priority", spare=2),
    Column("opened", spare=3),
    Column("assignee", least=8, spare=1),
    Column("address", least=22),
    Column("name", least=8, spare=4),
    Column("labels", least=8, spare=5),
    Column("subject", least=12),
)
number = click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="TICKET")
as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="As JSON, for programs."
)


@main.group()
def tickets() -> None:
    """Look after cases that need a person: each handoff opens one."""


@tickets.command("list")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES),
    help="Only these; may be given again. Else all that are not resolved.",
)  # fmt: skip
@click.option(
    "--assignee", metavar="OPERATOR|nobody", help="Only this operator's, or nobody's."
)
@click.option("--words", default="", help="Only those with all of these words.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, MOST_LISTED),
    help="How many at most.",
)  # fmt: skip
@as_json_option
def list_(
    statuses: tuple[str, ...],
    assignee: str | None,
    words: str,
    limit: int,
    as_json: bool,
) -> None:
    """List tickets, the newest first.

    Words are looked for in subjects, labels, notes, names and addresses.
    """
    from db.queries.people import find_person
    from db.queries.tickets import UNRESOLVED, TicketFilter, list_tickets

    named = assignee if assignee != "nobody" else None
    with reading() as connection:
        wanted = TicketFilter(
            statuses=statuses or UNRESOLVED,
            assignee_id=find_person(connection, named).user_id if named else None,
            unassigned=assignee == "nobody",
            words=words,
        )
        found = list_tickets(connection, limit, wanted)
    if as_json:
        _echo_json([asdict(ticket) for ticket in found])
        return
    show_table(COLUMNS, [_row(ticket) for ticket in found])
    tell_if_cut(len(found), limit)


@tickets.command()
@number
@as_json_option
def show(number: int, as_json: bool) -> None:
    """Show a ticket, its notes, and what was done."""
    from db.support.tickets import find_ticket, read_log

    with reading() as connection:
        found = find_ticket(connection, number)
        log = read_log(connection, number)
    if found is None:
        raise OperatorError(f"there is no ticket {number}: see `bot tickets list`")
    if as_json:
        _echo_json({**asdict(found), "log": [asdict(entry) for entry in log]})
        return
    for line in _describe(found, log):
        click.echo(line)


@tickets.command()
@number
@click.argument("text")
def note(number: int, text: str) -> None:
    """Write a private note on a ticket."""
    from db.support.tickets import add_note

    with _changing() as connection:
        add_note(connection, number, None, text)
    click.echo(f"Noted on ticket {number}.")


@tickets.command()
@number
def resolve(number: int) -> None:
    """Resolve a ticket, and give the person's chats back to the bot."""
    from db.support import tickets as work

    with _changing() as connection:
        is_done = work.resolve(connection, number, None)
    if is_done:
        click.echo(f"Ticket {number} is resolved, and the bot answers again.")
    else:
        click.echo(f"Ticket {number} was resolved before: nothing changed.")


@tickets.command()
@number
@click.argument("operator", required=False)
@click.option("--nobody", is_flag=True, help="Take it from whoever has it.")
def assign(number: int, operator: str | None, nobody: bool) -> None:
    """Give a ticket to an OPERATOR: an e-mail address, a number or a user_id."""
    from db.queries.people import find_person
    from db.support import tickets as work

    if nobody == (operator is not None):
        raise click.UsageError("Give an OPERATOR, or --nobody.")
    with _changing() as connection:
        person = find_person(connection, operator) if operator else None
        work.assign(connection, number, person.user_id if person else None, None)
    who = one_line(person.full_name or person.address) if person else "nobody"
    click.echo(f"Ticket {number} is assigned to {who}.")


@contextmanager
def _changing() -> Iterator["Connection"]:
    from db.outages import outages

    with (
        migrated_database() as database,
        outages(),
        database.transaction(MOST_SECONDS) as connection,
    ):
        yield connection


def _echo_json(told: object) -> None:
    click.echo(printable_json(json.dumps(told, default=str)))


def _row(ticket: "Ticket") -> Sequence[str]:
    return (
        str(ticket.id),
        ticket.status,
        ticket.priority,
        f"{ticket.opened_at:%Y-%m-%d %H:%M}",
        ticket.assignee or "",
        ticket.address or "",
        ticket.customer or "",
        ", ".join(ticket.labels),
        ticket.subject,
    )


def _describe(ticket: "Ticket", log: Sequence["LogEntry"]) -> Iterator[str]:
    known = {
        "ticket": str(ticket.id),
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "labels": ", ".join(ticket.labels),
        "assignee": ticket.assignee,
        "customer": " ".join(filter(None, (ticket.address, ticket.customer))),
        "chats are of": ticket.owner,
        "reason": ticket.reason,
        "chat": ticket.chat_id,
        "opened": f"{ticket.opened_at:%Y-%m-%d %H:%M}",
        "first answer": _after(ticket, ticket.first_response_at),
        "resolved": _after(ticket, ticket.resolved_at),
    }
    for name, value in known.items():
        yield f"{name:15}  {one_line(value or '-')}"
    for entry in log:
        who = one_line(entry.author or "-")
        what = "note" if entry.kind == "note" else entry.body
        at = entry.created_at.astimezone(UTC)
        yield f"\n{at:%Y-%m-%d %H:%M}  {who}  {one_line(what)}"
        if entry.kind == "note":
            yield from (f"  {line}" for line in printable(entry.body).split("\n"))


def _after(ticket: "Ticket", moment: datetime | None) -> str | None:
    if moment is None:
        return None
    took = readable_time((moment - ticket.opened_at).total_seconds())
    return f"{moment:%Y-%m-%d %H:%M}, after {took}"
