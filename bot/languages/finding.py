"""Which language somebody names, in whichever language."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from bot.languages.names import LANGUAGES, find_language

LONGEST = 40


def find_named(text: str) -> str | None:
    """Return the language of ours that a text is the code or a name of; else None."""
    if len(text) > LONGEST:
        return None
    said = _plain(text)
    return _by_name().get(said) or _by_name().get(f"bahasa {said}") or _by_code(said)


def _by_code(said: str) -> str | None:
    is_code = said.partition("-")[0].isalpha() and len(said.partition("-")[0]) == 2
    return find_language(said) if is_code else None


@cache
def _by_name() -> Mapping[str, str]:
    """Return the names of each, in English, in itself, and in each other."""
    from babel import Locale  # noqa: PLC0415  (large, seldom needed)

    names = {
        _plain(Locale(speaking).languages[code]): code
        for speaking in LANGUAGES
        for code in LANGUAGES
    }
    own = {_plain(name): code for code, both in LANGUAGES.items() for name in both}
    return {**names, **own}


def _plain(text: str) -> str:
    """Return a name without case, accents and what is around it."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (sign for sign in apart if unicodedata.category(sign) != "Mn" or sign > "ऀ")
    bare = "".join(
        sign if sign.isalnum() or sign in "-_ " or sign > "ऀ" else " " for sign in kept
    )
    return " ".join(bare.replace("_", "-").split())
