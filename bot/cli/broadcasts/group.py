"""`bot broadcast`: the group."""

from bot.cli.root import main


@main.group()
def broadcast() -> None:
    """Send a template to many who want it, each of them once.

    The worker sends; it goes on whatever becomes of the command, or of the worker.
    """
