"""An operator's own words for STOP and START, as they write them into a setting."""

from collections.abc import Iterable
from dataclasses import replace

from bot.chat.commands.dress import as_word
from bot.chat.commands.entries import Command, Vocabulary, Words
from bot.chat.commands.table import COMMANDS
from bot.environment import Reader

MOST_WORDS, LONGEST_WORD = 100, 60
HINT = (
    "words or phrases, separated by , (100 at most, of 60 letters each) and no other "
    "command's: they are added to the bot's own; -word takes one out, -* all of them"
)
ALL = "*"


def read_vocabulary(read: Reader) -> Vocabulary:
    """Return the words of all commands; what is wrong is collected by the reader.

    STOP and START themselves always hold.
    """
    by_name = {entry.name: entry for entry in COMMANDS}
    stop, start = by_name[Command.STOP], by_name[Command.START]
    others = (entry for entry in COMMANDS if entry is not stop)
    bare = {word for entry in others for word in entry.bare_words}
    stops = read.parsed(
        "STOP_WORDS", lambda given: _change(stop.words, given, bare), stop.words, HINT
    )
    by_name[Command.STOP] = stop = replace(stop, words=stops)
    bare = {word for entry in by_name.values() for word in entry.bare_words}
    again = start.words_when_stopped
    starts = read.parsed(
        "START_WORDS", lambda given: _change(again, given, bare), again, HINT
    )
    by_name[Command.START] = replace(start, words_when_stopped=starts)
    return Vocabulary(by_name.values())


def _change(words: Words, given: str, taken: Iterable[str]) -> Words:
    """Return the words with the changes. Raises ValueError."""
    told = [each.strip() for each in given.split(",") if each.strip()]
    added = [as_word(each) for each in told if not each.startswith("-")]
    removed = {_removed(each[1:]) for each in told if each.startswith("-")}
    known = {as_word(word) for each in words.values() for word in each}
    if len(told) > MOST_WORDS or any(len(each) > LONGEST_WORD for each in told):
        raise ValueError
    if not all(added) or set(added) & set(map(as_word, taken)):
        raise ValueError
    if not removed <= {*known, ALL}:
        raise ValueError
    kept = () if ALL in removed else known - removed
    return {"own": tuple(sorted({*kept, *added}))}


def _removed(word: str) -> str:
    return ALL if word.strip() == ALL else as_word(word)
