"""A broadcast's way on the terminal: a bar until everybody had their turn."""

import sys
import time

import click

from bot.cli.broadcasts.describing import describe
from db.broadcasts.looking import Overview, find_overview, find_reasons
from db.database import Database
from db.errors import OperatorError

LOOK_SECONDS = 2.0
# What is with Twilio by then may be delivered later: nobody waits for phones.
OVER = ("done", "canceled", "paused")


def watch_until_over(database: Database, broadcast_id: str) -> None:
    """Show how far it got until it is over, or paused; then the report."""
    seen = _look(database, broadcast_id)
    label = "People" if sys.stderr.isatty() else ""
    with click.progressbar(
        length=seen.people, label=label, file=sys.stderr, show_pos=True
    ) as bar:
        while True:
            bar.update(seen.people - seen.waiting - seen.on_their_way - bar.pos)
            if seen.state in OVER and not seen.on_their_way:
                break
            time.sleep(LOOK_SECONDS)
            seen = _look(database, broadcast_id)
    report(database, broadcast_id)


def report(database: Database, broadcast_id: str) -> None:
    """Print how far it got, and why it did not reach some. Raises OperatorError."""
    seen = _look(database, broadcast_id)
    for line in describe(seen, find_reasons(database, broadcast_id)):
        click.echo(line)


def _look(database: Database, broadcast_id: str) -> Overview:
    found = find_overview(database, broadcast_id)
    if found is None:
        raise OperatorError(
            "there is no broadcast of that id: see `bot broadcast list`"
        )
    return found
