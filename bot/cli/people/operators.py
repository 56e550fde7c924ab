"""`bot users invite`, `role`, `operators`, `log-out`, `reset-factor`: who logs in."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, read_settings, reading
from bot.cli.show import show_table
from bot.cli.users import users
from bot.terminal import Column, printable
from db.records.support import OPERATORS, ROLES

if TYPE_CHECKING:
    from db.database import Connection
    from db.logins.accounts import ListedOperator

MOST_SECONDS = 30.0
COLUMNS = (
    Column("e-mail"),
    Column("name", least=8, spare=3),
    Column("role"),
    Column("second factor", spare=2),
    Column("last seen", spare=1),
    Column(""),
)


@users.command()
@click.argument("email")
@click.option("--role", type=click.Choice(OPERATORS), required=True, help="As what.")
@click.option("--phone", help="The number of somebody who writes to the bot already.")
@click.option("--name", help="What other operators call them.")
def invite(email: str, role: str, phone: str | None, name: str | None) -> None:
    """Print a link by which somebody becomes an operator of the console.

    It sets a password, once, within 24 hours. Who has lost theirs is invited again;
    what was printed for them before holds no more.
    """
    from db.logins.invitations import HOURS, invite
    from db.queries.people import to_address

    address = to_address(phone) if phone else None
    with _writing() as connection:
        token = invite(connection, email, role, phone=address, name=name)
    click.echo(f"{read_settings().console_url}/invitation/{token}")
    click.echo(
        f"Shown only here. It holds once, for {HOURS} hours: send it to nobody else.",
        err=True,
    )


@users.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def role(email: str, role: str) -> None:
    """Give somebody another role, and log them out; `user` takes all rights away."""
    from db.logins.accounts import change_role, require_account

    with _writing() as connection:
        account = require_account(connection, email)
        changed = change_role(connection, account, role, by=None)
    who = printable(account.email)
    if changed:
        click.echo(f"{who} is {role} from now on, and was logged out.")
        click.echo("A link that was sent to them before holds no more.", err=True)
    else:
        click.echo(f"{who} is {role} already: nothing changed.")


@users.command()
def operators() -> None:
    """List who may log in to the console."""
    from db.logins.accounts import list_operators

    with reading() as connection:
        found = list_operators(connection)
    show_table(COLUMNS, [_row(operator) for operator in found])
    if not found:
        click.echo("Nobody yet: bot users invite EMAIL --role super_admin", err=True)


def _row(operator: "ListedOperator") -> tuple[str, ...]:
    state = "" if operator.has_password else "no password"
    if operator.invited_as:
        state = f"invited as {operator.invited_as}"
    seen = f"{operator.seen_at.astimezone():%Y-%m-%d %H:%M}" if operator.seen_at else ""
    return (
        operator.email or "",
        operator.name or "",
        "" if operator.role == "user" else operator.role,
        "yes" if operator.has_factor else "no",
        seen,
        state if operator.is_active else "deactivated",
    )


@users.command("log-out")
@click.argument("email")
def log_out(email: str) -> None:
    """End all log-ins of an operator."""
    from db.logins.accounts import require_account
    from db.logins.audit import Action, record_audit
    from db.logins.sessions import end_sessions

    with _writing() as connection:
        account = require_account(connection, email)
        ended = end_sessions(connection, account.user_id)
        record_audit(
            connection, actor_id=None, action=Action.SESSIONS_ENDED,
            subject_id=account.user_id, details={"ended": ended},
        )  # fmt: skip
    click.echo(f"Log-ins of {printable(account.email)} that were ended: {ended}.")


@users.command("reset-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Ask an operator for no code any more, who lost their phone; log them out."""
    from db.logins.accounts import require_account
    from db.logins.second_factors import reset_factor

    with _writing() as connection:
        account = require_account(connection, email)
        was_set = reset_factor(connection, account.user_id, by=None)
    who = printable(account.email)
    told = "is asked for no code any more" if was_set else "has no second factor"
    click.echo(f"{who} {told}.")


@contextmanager
def _writing() -> "Iterator[Connection]":
    from db.outages import outages

    with (
        migrated_database() as database,
        outages(),
        database.transaction(MOST_SECONDS) as connection,
    ):
        yield connection
