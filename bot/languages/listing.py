"""All that the bot says itself, listed for people."""

from dataclasses import dataclass

from bot.languages.pofiles import known_sentences
from bot.languages.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Listed:
    """A sentence in English, and as it is said; `is_changed`: by an operator."""

    english: str
    said: str
    is_changed: bool


def list_sentences(shelf: Shelf, code: str) -> list[Listed]:
    """Return each sentence as it is said in a language of ours, its gaps open."""
    translations, changed = shelf.translations(code), shelf.changed.get(code, {})
    return [
        Listed(english, translations.gettext(english), english in changed)
        for english in known_sentences()
    ]
