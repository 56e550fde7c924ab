"""/settings: shows how a person is answered, and changes it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.chat.commands.entries import CommandEntry, Policies, Question
from bot.chat.commands.meant import find_meant
from bot.chat.preferences import sentences
from bot.chat.replies import Batch, say
from bot.languages.speaking import speak
from db.memory.preferences import SCHEMA, Preference
from db.records import Deed, Reply, Userchat

COMMAND = "settings"
LANGUAGE = "language"
SHOWN = tuple(kind for kind in SCHEMA if kind.name != LANGUAGE)
BETWEEN = re.compile(r"[\s:=]+")
EXAMPLE = ("length", "short")


def answer_settings(
    chat: Userchat, batch: Batch, text: str, _policies: Policies
) -> Reply:
    """Show all settings, ask which value one shall have, or set it."""
    name, *value = BETWEEN.split(text.strip(), maxsplit=1)
    if not name:
        return _told(batch, _list(chat))
    meant = find_meant(name, sentences.NAMES, chat.language)
    kind = next((kind for kind in SHOWN if kind.name == meant), None)
    if kind is None:
        is_language = meant == LANGUAGE
        what = sentences.LANGUAGE if is_language else sentences.UNKNOWN_SETTING
        told = speak(chat.language, what)
        return _told(batch, told if is_language else f"{told}\n\n{_list(chat)}")
    choices = {choice: sentences.VALUES[choice] for choice in kind.choices}
    chosen = find_meant("".join(value), choices, chat.language)
    if chosen is None:
        return _ask(chat, batch, kind)
    return _set(kind, chosen, chat, batch)


def _ask(chat: Userchat, batch: Batch, kind: Preference) -> Reply:
    name, choices = word(chat, kind.name), _choices(chat, kind)
    asked = speak(chat.language, sentences.WHICH, name=name, choices=choices)
    turn = replace(say(asked, batch, COMMAND), asks=f"{COMMAND}:{kind.name}")
    return Reply(turn=turn)


def _set(kind: Preference, value: str, chat: Userchat, batch: Batch) -> Reply:
    told = speak(
        chat.language,
        sentences.SET,
        name=word(chat, kind.name),
        value=word(chat, value),
    )
    deed = Deed("set_preferences", {kind.name: value})
    return replace(_told(batch, told), deeds=(deed,))


def _told(batch: Batch, text: str) -> Reply:
    return Reply(turn=say(text, batch, COMMAND))


def _list(chat: Userchat) -> str:
    return "\n".join([speak(chat.language, sentences.SETTINGS), *_lines(chat)])


def _lines(chat: Userchat) -> Iterator[str]:
    for kind in SHOWN:
        value = chat.preferences.get(kind.name, kind.choices[0])
        yield sentences.SETTING.format(
            name=word(chat, kind.name),
            value=word(chat, value),
            choices=_choices(chat, kind),
        )
    name, value = (word(chat, each) for each in EXAMPLE)
    example = f"/{COMMAND} {name} {value}"
    yield speak(chat.language, sentences.HOW_TO_SET, example=example)


def _choices(chat: Userchat, kind: Preference) -> str:
    return speak(chat.language, sentences.BETWEEN).join(
        word(chat, value) for value in kind.choices
    )


def word(chat: Userchat, name: str) -> str:
    """Return the name of a setting, or of its value, in the chat's language."""
    known: Mapping[str, str] = {**sentences.NAMES, **sentences.VALUES}
    return speak(chat.language, known[name])


def _answering(kind: Preference, value: str) -> CommandEntry:
    return CommandEntry(
        name=value, does=partial(_choose, kind, value), spoken=sentences.VALUES[value]
    )


def _choose(
    kind: Preference,
    value: str,
    chat: Userchat,
    batch: Batch,
    _text: str,
    _policies: Policies,
) -> Reply:
    return _set(kind, value, chat, batch)


# A setting's name without a value is asked back.
QUESTIONS = tuple(
    Question(
        name=f"{COMMAND}:{kind.name}",
        answers=tuple(_answering(kind, value) for value in kind.choices),
        lasts=timedelta(minutes=10),
    )
    for kind in SHOWN
)
