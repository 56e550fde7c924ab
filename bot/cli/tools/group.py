"""`bot tools`: the group of the commands for what the bot may call."""

from bot.cli.root import main


@main.group()
def tools() -> None:
    """Show, try and approve what the bot may call."""
