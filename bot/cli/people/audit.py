"""`bot audit`: who did what to whom and when."""

# ruff: noqa: PLC0415

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.database import reading
from bot.cli.root import main
from bot.cli.schedule import INTERVAL
from bot.cli.show import show_table, tell_if_cut
from bot.terminal import Column, printable_json

if TYPE_CHECKING:
    from db.logins.audit import AuditEntry

MOST_LISTED = 1000
COLUMNS = (
    Column("when"),
    Column("who", least=12),
    Column("what"),
    Column("whom", least=12),
    Column("ticket", right=True, spare=1),
    Column("from", spare=2),
    Column("besides", least=8, spare=3),
)


@main.command()
@click.option("--since", type=INTERVAL, default="7d", show_default=True,
              help="How far to look back, such as 12h.")  # fmt: skip
@click.option("--actor", metavar="EMAIL", help="Only what this operator did.")
@click.option("--limit", default=100, show_default=True, help="How many at most.",
              type=click.IntRange(1, MOST_LISTED))  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def audit(since: timedelta, actor: str | None, limit: int, as_json: bool) -> None:
    """Tell who did what to whom in the console, newest first.

    Nobody's name stands where a command did it, or somebody who was not logged in.
    """
    from db.logins.accounts import require_account
    from db.logins.audit import read_audit

    with reading() as connection:
        whose = require_account(connection, actor).user_id if actor else None
        began = datetime.now(UTC) - since
        found = read_audit(connection, since=began, actor_id=whose, most=limit)
    if as_json:
        rows = [asdict(entry) for entry in found]
        click.echo(printable_json(json.dumps(rows, default=str, indent=2)))
        return
    show_table(COLUMNS, [_row(entry) for entry in found])
    tell_if_cut(len(found), limit)


def _row(entry: "AuditEntry") -> tuple[str, ...]:
    details = entry.details or {}
    return (
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}",
        entry.actor or str(entry.actor_id or ""),
        entry.action,
        entry.subject or str(entry.subject_id or ""),
        str(entry.ticket_id or ""),
        entry.address or "",
        ", ".join(f"{name} {value}" for name, value in sorted(details.items())),
    )
