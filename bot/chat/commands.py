"""Words that are for the bot itself, not for the LLM.

WhatsApp senders have no keyword filter of Twilio's, so the bot honours STOP, START
and HELP itself: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from enum import StrEnum


class Command(StrEnum):
    """What a user may tell the bot to do."""

    NEW = "new"
    HELP = "help"
    STOP = "stop"
    START = "start"


WORDS = {
    Command.NEW: {"new", "clear", "reset", "start over"},
    Command.HELP: {"help", "info"},
    Command.STOP: {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
    },
    Command.START: {"start", "unstop"},
}  # fmt: skip
# A word that only means START to somebody who stopped before.
CONSENT = "yes"
# A bare "new" is something people say in a shop: this one needs its slash.
ONLY_WITH_SLASH = {"new"}


def find_command(text: str, *, opted_out: bool = False) -> Command | None:
    """Return the command that a whole message is, whatever its case; else None."""
    said = " ".join(text.casefold().split()).rstrip(".!")
    word = said.removeprefix("/")
    if word in ONLY_WITH_SLASH and said == word:
        return None
    if opted_out and word == CONSENT:
        return Command.START
    return next((command for command, words in WORDS.items() if word in words), None)
