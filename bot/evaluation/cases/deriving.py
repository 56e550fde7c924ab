"""What an answer must have, by what happened: rules, and no model.

A thumb down says that this answer must not be given again, and no more. Where a person
told what is right, its numbers must be there; where it has none, its telling words.
"""

from collections.abc import Iterable

import regex

from bot.chat.sources.numbers import read_numbers
from bot.evaluation.cases.nouns import Expectations
from bot.evaluation.judged.words import has_number, plain

MOST_NUMBERS = 5
MOST_WORDS = 3
# A word that is looked for in any of its forms: without its ending.
LEAST_LETTERS = 5
ENDING = 2
WORD = regex.compile(r"[\p{L}\p{M}]{5,}")
# As it stands in the text, with what belongs to it.
WRITTEN = regex.compile(
    r"(?:[\p{Sc}]\s?)?\d[\d.,:' ]*\d(?:\s?(?:[\p{Sc}%]|[A-Z]{3}\b|\p{L}{2,5}\b))?"
    r"|(?:[\p{Sc}]\s?)?\d+(?:\s?(?:[\p{Sc}%]|[A-Z]{3}\b))?"
)
# They stand in any sentence of some length.
WORDS_OF_ALL = """
about after again because before being could during every hello please should thank
thanks their there these those today tomorrow until where which while would yours
aber alles bitte danke diese dieser dieses einen einer eines gerne haben heute ihnen
ihrer immer können leider machen möchte nicht sowie unser unsere werden würde
ahora aunque bueno cuando desde donde entre estar estos gracias hasta nuestra nuestro
para porque puede quiere siempre sobre tiene todos usted ustedes
ainsi alors aussi avant avoir bonjour cette comme depuis elles merci notre quand votre
agora assim depois muito nossa nosso obrigado quando
adalah dapat dengan karena sudah tidak untuk
"""
COMMON = frozenset(WORDS_OF_ALL.split())


def never_again() -> Expectations:
    """Return what a thumb down says: not this answer again."""
    return Expectations(never_again=True)


def must_be_known() -> Expectations:
    """Return what an open gap says: knowledge must tell it."""
    return Expectations(known=True)


def as_was_told(told: str, beside: Iterable[str], *, again: bool) -> Expectations:
    """Return what a person's own answer says, beside what others said before.

    What stands in one of `beside` tells nothing new. Not `again`: what the bot said
    then was wrong.
    """
    before = "\n".join(beside)
    numbers = _numbers(told, before)
    words = () if numbers else _words(told, before)
    return Expectations(numbers=numbers, must=words, never_again=not again)


def _numbers(told: str, before: str) -> tuple[str, ...]:
    """Return the prices, times, shares and long numbers that are new."""
    found: list[str] = []
    for match in WRITTEN.finditer(told):
        written = match[0].strip(" .,:'")
        read = read_numbers(written)
        is_one = len(read) == 1 and read[0].kind != "plain"
        known = "\n".join((before, *found))
        if is_one and not has_number(known, written):
            found.append(written)
    return tuple(found[:MOST_NUMBERS])


def _words(told: str, before: str) -> tuple[str, ...]:
    """Return the longest words that are new, as patterns without their endings."""
    known = f" {plain(before)}"
    stems = dict.fromkeys(
        _stem(word)
        for word in map(str.casefold, WORD.findall(told))
        if word not in COMMON and f" {plain(_stem(word))}" not in known
    )
    chosen = sorted(stems, key=lambda stem: -len(stem))[:MOST_WORDS]
    return tuple(f"/\\b{regex.escape(stem)}/" for stem in chosen)


def _stem(word: str) -> str:
    return word[: max(len(word) - ENDING, LEAST_LETTERS - 1)]
