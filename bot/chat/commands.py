"""Words that are for the bot itself, not for the LLM.

WhatsApp senders have no keyword filter of Twilio's, so the bot honours STOP, START
and HELP itself: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
Of Twilio's words those are left out that customers say of their own business with a
shop: `cancel`, `end`, `quit` and `info` are for the LLM.
"""

import re
import unicodedata
from enum import StrEnum

from bot.chat.handoff.words import asks_for_person


class Command(StrEnum):
    """What a user may tell the bot to do."""

    NEW = "new"
    HELP = "help"
    STOP = "stop"
    START = "start"
    HUMAN = "human"  # a person of the business
    BOT = "bot"  # back to the bot
    LEARN = "learn"  # of teachers only: with it they send a document


WORDS = {
    Command.NEW: {"new", "clear", "reset", "start over"},
    Command.HELP: {"help"},
    Command.STOP: {
        "stop", "stop all", "stopall", "unsubscribe", "revoke", "opt out", "opt-out",
        "optout",
    },
    Command.START: {"start", "unstop"},
    Command.HUMAN: {"human"},
    Command.BOT: {"bot"},
}  # fmt: skip
# What only means START to somebody who stopped before.
CONSENTS = {
    "yes", "start again", "start over", "resume", "continue", "subscribe",
    "opt in", "opt-in", "optin",
}  # fmt: skip
# Bare, these are something people say in a shop: they need their slash.
ONLY_WITH_SLASH = {"new", "clear", "reset", "human", "bot"}
COURTESIES = {"please", "pls", "plz"}
# A question about a word is no command ("stop?"), and a slash is part of one.
KEPT_SIGNS = "/?\uff1f\u00bf"
# What stands behind it is the document's title.
LEARN = re.compile(r"\s*/learn(?:\s+(?P<title>.*))?", re.IGNORECASE | re.DOTALL)
# Longer than any command in any dress: a novel is not looked through.
LONGEST_COMMAND = 100


def find_command(text: str, *, opted_out: bool = False) -> Command | None:
    """Return the command that a whole message is; else None.

    Case, quotes, markup, emoji and a "please" around it change nothing. A person is
    asked for in many more words: see bot/chat/handoff/words.py.
    """
    said = _undressed(text) if len(text) <= LONGEST_COMMAND else ""
    word = said.removeprefix("/")
    if opted_out and word in CONSENTS:
        return Command.START
    is_bare = word in ONLY_WITH_SLASH and said == word
    known = (command for command, words in WORDS.items() if word in words)
    if not is_bare and (command := next(known, None)):
        return command
    return Command.HUMAN if asks_for_person(text) else None


def read_title(text: str) -> str | None:
    """Return the title behind `/learn`, empty if there is none; None: no `/learn`."""
    said = LEARN.fullmatch(text)
    return " ".join((said["title"] or "").split()) if said else None


def _undressed(text: str) -> str:
    """Return the words without what is around them, and once if they are repeated."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = [bare for word in plain.split() if (bare := _bare(word))]
    while words and words[0] in COURTESIES:
        words.pop(0)
    while words and words[-1] in COURTESIES:
        words.pop()
    return words[0] if len(set(words)) == 1 else " ".join(words)


def _bare(word: str) -> str:
    """Return the word without signs and symbols at its ends."""
    begin, end = 0, len(word)
    while begin < end and _is_dress(word[begin]):
        begin += 1
    while begin < end and _is_dress(word[end - 1]):
        end -= 1
    return word[begin:end]


def _is_dress(sign: str) -> bool:
    """Tell whether it is punctuation, a symbol or emoji, or what joins or tints one."""
    return sign not in KEPT_SIGNS and unicodedata.category(sign)[0] in "PSMC"
