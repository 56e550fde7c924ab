"""`bot knowledge`: the group."""

from bot.cli.root import main


@main.group()
def knowledge() -> None:
    """Look after what the bot answers from."""
