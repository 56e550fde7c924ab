"""`bot proposals`: the group."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.root import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from db.database import Connection, Database

SECONDS = 300.0
NUMBER = click.IntRange(1, 2**63 - 1)


@main.group()
def proposals() -> None:
    """Learn from what nothing told, what was thought bad, and what people answered.

    Nothing changes by itself: what is found is proposed, and one command applies it.
    """


@contextmanager
def writing(database: "Database") -> "Iterator[Connection]":
    """Yield a transaction of a command's: all of it counts, or nothing.

    Raises OperatorError.
    """
    from db.outages import outages  # noqa: PLC0415

    with outages(), database.transaction(SECONDS) as connection:
        yield connection


def audit(
    connection: "Connection",
    action: str,
    proposal_id: int | None = None,
    details: "Mapping[str, object] | None" = None,
) -> None:
    """Write into the audit that a command did something."""
    from db.logins.audit import record_audit  # noqa: PLC0415

    told: dict[str, object] = {"proposal": proposal_id} if proposal_id else {}
    told |= details or {}
    record_audit(connection, actor_id=None, action=action, details=told)
