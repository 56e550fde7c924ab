"""`bot broadcast`: the group, and Twilio's account as it is used here."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

from bot.cli.database import read_settings
from bot.cli.root import main

if TYPE_CHECKING:
    from bot.whatsapp.account import TwilioAccount


@main.group()
def broadcast() -> None:
    """Send a template to many who want it, each of them once.

    The worker sends; it goes on whatever becomes of the command, or of the worker.
    """


def find_account() -> "TwilioAccount":
    """Return the configured account, or the simulator's of `bot run`."""
    from bot.local.account import read_or_make_account

    settings = read_settings()
    if settings.twilio is not None:
        return settings.twilio
    return read_or_make_account(settings.data_folder, settings.simulator_port)
