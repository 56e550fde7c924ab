"""`bot chats take` and `bot chats give`: who has a person's chats."""

# ruff: noqa: PLC0415

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bot.cli.chats import chats
from bot.cli.database import migrated_database, read_settings
from bot.terminal import one_line
from db.errors import OperatorError

if TYPE_CHECKING:
    from db.database import Database
    from db.records import Owner, Ownership

MOST_HOURS = 24 * 30


@chats.command()
@click.argument("chat")
@click.option(
    "--hours", type=click.IntRange(1, MOST_HOURS),
    help="It ends by itself after so long; by default after HANDOFF_HOURS.",
)  # fmt: skip
def take(chat: str, hours: int | None) -> None:
    """Take a person's chats over: the bot is silent, whatever is under way.

    CHAT is the beginning of a chat_id, an address or a user_id. It is done once this
    returns: nothing of the bot's leaves after it.
    """
    from db.support.owners import Owners

    lasts = timedelta(hours=hours) if hours else read_settings().handoff.lasts
    with migrated_database() as database:
        user_id, who = _find(database, chat)
        before = Owners(database).find(user_id)
        found = Owners(database).take(user_id, None, lasts)
        if before is None or found is None:
            raise OperatorError(f"{who} was erased just now: nothing was taken over")
        _tell_before(database, before)
    until = f", until {found.until:%Y-%m-%d %H:%M %Z}" if found.until else ""
    click.echo(f"A person has the chats of {who} now{until}. The bot is silent there.")
    if found.under_way:
        click.echo(
            "A message of the bot's was on its way when you took over, and its outcome "
            "is not known yet: it may still arrive.",
            err=True,
        )


@chats.command()
@click.argument("chat")
@click.option("--queue", is_flag=True, help="Into the queue, for a person of yours.")
def give(chat: str, queue: bool) -> None:
    """Give a person's chats back to the bot, or into the queue.

    CHAT is the beginning of a chat_id, an address or a user_id.
    """
    from db.support.owners import Owners

    with migrated_database() as database:
        user_id, who = _find(database, chat)
        to: Owner = "queue" if queue else "bot"
        lasts = read_settings().handoff.lasts if queue else None
        found = Owners(database).give(user_id, None, to, lasts=lasts)
    if found is None:
        raise OperatorError(f"{who} was erased just now: there is nothing to give")
    if found.owner == "queue":
        click.echo(f"{who} waits in the queue for a person now.")
    else:
        click.echo(f"The bot answers {who} again.")


def _find(database: "Database", chat: str) -> tuple[UUID, str]:
    """Return whose chats are meant, and how to name that person."""
    from db.queries.transcripts import find_customer

    with database.reading() as connection:
        person = find_customer(connection, chat)
    return person.user_id, one_line(person.address)


def _tell_before(database: "Database", before: "Ownership") -> None:
    from db.queries.people import find_person

    if before.owner_id is None:
        return
    with database.reading() as connection:
        holder = find_person(connection, str(before.owner_id))
    name = one_line(holder.full_name or holder.address)
    click.echo(f"{name} had them, and does not any more.", err=True)
