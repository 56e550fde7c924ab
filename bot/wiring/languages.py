"""In which languages a process speaks."""

# ruff: noqa: PLC0415

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.chat.language.wording import Wording
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.language.choosing import Choosing
    from bot.chat.talk import Talk


def build_choosing(database: Database | None = None) -> "Choosing":
    """Return how a talk's language is chosen; a database keeps what was seen."""
    from bot.chat.language.choosing import Choosing
    from bot.languages.detecting import detect
    from db.memory.languages import remember_language

    if database is None:
        return Choosing(detect=detect)
    return Choosing(detect=detect, remember=partial(remember_language, database))


def with_languages(talk: "Talk", wording: Wording) -> "Talk":
    """Return the talk in each user's language, and in the operator's words.

    These are this whole process's.
    """
    from bot.chat.language.disclosing import Disclosing
    from bot.languages.shelf import shelf

    shelf.install(wording.default, wording.changed)
    answering = Disclosing(talk.answering) if wording.discloses else talk.answering
    return replace(talk, answering=answering, languages=build_choosing())


def told_when_nobody_came() -> "Callable[[str | None, str], str]":
    """Return what tells so, to whom is known by language, and address."""
    from bot.chat.sentences import NOBODY_CAME
    from bot.languages.calling_codes import language_of_number
    from bot.languages.speaking import speak

    def tell(language: str | None, address: str) -> str:
        return speak(language or language_of_number(address), NOBODY_CAME)

    return tell
