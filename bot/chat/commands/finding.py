"""Which command a message is."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat.commands.dress import as_word, read_behind, undressed
from bot.chat.commands.entries import (
    CommandEntry,
    Policies,
    Question,
    Vocabulary,
    Who,
)
from bot.chat.commands.meant import find_meant
from bot.chat.commands.table import COMMANDS, QUESTIONS
from db.records import Turn, Userchat

OF_TABLE = Vocabulary(COMMANDS)
OF_QUESTIONS = {question.name: question for question in QUESTIONS}
NO_POLICIES = Policies()


@dataclass(frozen=True, slots=True)
class Said:
    """A command that somebody wrote, and what stands behind its word."""

    entry: CommandEntry
    text: str = ""


def find_command(
    text: str, *, opted_out: bool = False, policies: Policies = NO_POLICIES
) -> str | None:
    """Return the name of everybody's command that a whole message is; else None.

    Case, quotes, markup, emoji and a "please" around it change nothing. A person is
    asked for in many more words: see bot/chat/handoff/words.py.
    """
    words = policies.vocabulary or OF_TABLE
    everybodys = (e for e in words.entries if e.who is Who.EVERYBODY)
    said = _find(words, everybodys, text, opted_out=opted_out)
    return said.entry.name if said else None


def is_word_of(command: str, text: str) -> bool:
    """Tell whether a whole message is one of a command's words, as the table has them.

    What means the same in other words is not looked for: that takes its time.
    """
    entry = OF_TABLE.find(undressed(text))
    return entry is not None and entry.name == command


def find_said(chat: Userchat, turn: Turn, policies: Policies) -> Said | None:
    """Return the command that a message of the chat's user is; None: it is none.

    What answers a question of ours is what was asked for, whatever it means elsewhere;
    but STOP stops.
    """
    words = policies.vocabulary or OF_TABLE
    mine = [entry for entry in words.entries if entry.is_for(chat, policies)]
    said = _find(words, mine, turn.content, opted_out=chat.opted_out)
    if said and said.entry.opts_out:
        return said
    question = find_pending(chat, turn)
    if question and chat.opted_out and not question.heard_when_stopped:
        return said
    answer = _find_answer(chat, question, turn.content) if question else None
    return answer or said


def find_pending(chat: Userchat, turn: Turn) -> Question | None:
    """Return the question of ours that a message may answer; None: there is none.

    That is what the last turn of ours asks, if the message is the first one since, and
    came in time: the transcript alone tells.
    """
    said = reversed((*chat.earlier_turns, *chat.turns))
    last = next((t for t in said if t.in_reply_to or t.is_by_person), None)
    question = OF_QUESTIONS.get(last.asks or "") if last else None
    if last is None or question is None:
        return None
    waits = turn.timestamp - last.timestamp
    is_in_time = 0 <= waits.total_seconds() <= question.lasts.total_seconds()
    later = (t for t in chat.unanswered() if t.timestamp >= last.timestamp)
    is_next = next(later, turn).message_sid == turn.message_sid
    return question if is_in_time and is_next else None


def _find_answer(chat: Userchat, question: Question, text: str) -> Said | None:
    word = undressed(text).removeprefix("/")
    answers = {entry.name: entry for entry in question.answers}
    for entry in answers.values():
        if word and word in map(as_word, entry.all_words):
            return Said(entry)
    spoken = {name: each.spoken for name, each in answers.items() if each.spoken}
    name = find_meant(word, spoken, chat.language)
    return Said(answers[name]) if name else None


def _find(
    words: Vocabulary, entries: Iterable[CommandEntry], text: str, *, opted_out: bool
) -> Said | None:
    """Return which of the commands a whole message is."""
    known = tuple(entries)
    entry = words.find(undressed(text), opted_out=opted_out)
    if entry and any(entry is one for one in known):
        return Said(entry)
    has_slash = text.lstrip().startswith("/")
    for one in known if has_slash else ():
        if one.takes_text and (given := _argument(one, text)) is not None:
            return Said(one, given)
    meant = next((one for one in known if one.means_it(text)), None)
    return Said(meant) if meant else None


def _argument(entry: CommandEntry, text: str) -> str | None:
    given = (read_behind(word, text) for word in entry.all_words)
    return next((found for found in given if found is not None), None)
