"""`bot tools`: the group."""

from bot.cli.root import main


@main.group()
def tools() -> None:
    """Look after what the bot does, and what it asks to be allowed."""
