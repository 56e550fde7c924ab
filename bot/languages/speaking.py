"""The bot's own sentences in a user's language.

A sentence is its English words, marked where they stand: `NEW_CHAT = spoken("Done.")`.
So marked it is found by `python -m bot.languages`, which keeps the catalogues.
"""

from bot.languages.names import LANGUAGES, RIGHT_TO_LEFT
from bot.languages.shelf import shelf

# What is between them is laid out by itself, and moves nothing around it.
ISOLATE, ISOLATE_ENDS = "\u2068", "\u2069"


def spoken(sentence: str) -> str:
    """Mark a sentence that users read, as it stands; `{gaps}` have names."""
    return sentence


def spoken_of(one: str, many: str) -> tuple[str, str]:
    """Mark a sentence that tells of `{number}` things, of one and of several."""
    return one, many


def speak(language: str | None, sentence: str, /, **gaps: object) -> str:
    """Return a sentence in a language, its gaps filled; in English where none fits.

    `sentence` is the English one, as bot/chat/sentences.py has it. `language` is a
    code such as `pt` or `pt-BR`; None, and what we don't speak: the operator's default.
    """
    if not sentence:
        return ""  # to gettext that is the catalogue's head
    code = shelf.find(language)
    return _fill(shelf.translations(code).gettext(sentence), code, gaps)


def speak_of(
    language: str | None, sentence: tuple[str, str], number: int, /, **gaps: object
) -> str:
    """Return a sentence about `number` things, as the language counts them.

    `sentence` is what spoken_of() marked.
    """
    code = shelf.find(language)
    told = shelf.translations(code).ngettext(*sentence, number)
    return _fill(told, code, {"number": number, **gaps})


def isolated(language: str | None, gap: object) -> str:
    """Return what is laid out by itself in a line of a language."""
    is_isolated = shelf.find(language) in RIGHT_TO_LEFT
    return f"{ISOLATE}{gap}{ISOLATE_ENDS}" if is_isolated else str(gap)


def every_wording(*sentences: str) -> frozenset[str]:
    """Return how sentences without gaps are said, in every language: to know them."""
    return frozenset(speak(code, each) for code in LANGUAGES for each in sentences)


def _fill(told: str, code: str, gaps: dict[str, object]) -> str:
    if code in RIGHT_TO_LEFT:
        gaps = {name: f"{ISOLATE}{gap}{ISOLATE_ENDS}" for name, gap in gaps.items()}
    return told.format(**gaps) if gaps else told
