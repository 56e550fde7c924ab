"""Which command a message is."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat.commands.dress import read_behind, undressed
from bot.chat.commands.entries import CommandEntry, Policies, Who
from bot.chat.commands.table import COMMANDS
from db.records import Userchat

OF_EVERYBODY = tuple(entry for entry in COMMANDS if entry.who is Who.EVERYBODY)


@dataclass(frozen=True, slots=True)
class Said:
    """A command that somebody wrote, and what stands behind its word."""

    entry: CommandEntry
    text: str = ""


def find_command(text: str, *, opted_out: bool = False) -> str | None:
    """Return the name of everybody's command that a whole message is; else None.

    Case, quotes, markup, emoji and a "please" around it change nothing. A person is
    asked for in many more words: see bot/chat/handoff/words.py.
    """
    said = find_among(OF_EVERYBODY, text, opted_out=opted_out)
    return said.entry.name if said else None


def find_said(chat: Userchat, text: str, policies: Policies) -> Said | None:
    """Return the command that a message of the chat's user is; None: it is none."""
    mine = (entry for entry in COMMANDS if entry.is_for(chat, policies))
    return find_among(mine, text, opted_out=chat.opted_out)


def find_among(
    entries: Iterable[CommandEntry], text: str, *, opted_out: bool
) -> Said | None:
    """Return which of the commands a whole message is."""
    known = tuple(entries)
    said = undressed(text)
    if opted_out:
        consents = (entry for entry in known if _consents(entry, said))
        if entry := next(consents, None):
            return Said(entry)
    plain = (entry for entry in known if _is_word_of(entry, said))
    if entry := next(plain, None):
        return Said(entry)
    for entry in known:
        if entry.takes_text and (given := _argument(entry, text)) is not None:
            return Said(entry, given)
    meant = (entry for entry in known if entry.means_it(text))
    return Said(entry) if (entry := next(meant, None)) else None


def _consents(entry: CommandEntry, said: str) -> bool:
    return said.removeprefix("/") in entry.words_when_stopped


def _is_word_of(entry: CommandEntry, said: str) -> bool:
    has_slash = said.startswith("/")
    needs_slash = entry.needs_slash or entry.takes_text
    return (has_slash or not needs_slash) and said.removeprefix("/") in entry.all_words


def _argument(entry: CommandEntry, text: str) -> str | None:
    given = (read_behind(word, text) for word in entry.all_words)
    return next((found for found in given if found is not None), None)
