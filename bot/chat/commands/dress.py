"""What people put around a word: quotes, markup, emoji, a "please"."""

import re
import unicodedata
from functools import lru_cache

from bot.chat.handoff.plain import ACCENTS

# As `as_word` writes them.
COURTESIES = (
    "please", "pls", "plz", "por favor", "porfa", "por gentileza", "bitte",
    "s'il vous plait", "s'il te plait", "svp", "stp", "per favore", "tolong", "mohon",
    "कृपया", "प्लीज", "من فضلك", "لو سمحت", "رجاء",
)  # fmt: skip
# A question about a word is no command ("stop?"), and a slash is part of one.
KEPT_SIGNS = "/?\uff1f\u00bf\u061f"
APOSTROPHES = str.maketrans("\u2019\u02bc\u00b4`", "''''")
# Set on letters by those who write, and on emoji by their telephones.
ON_EMOJI = "\ufe0e\ufe0f\u20e3"
# Longer than any command in any dress: a novel is not looked through.
LONGEST_COMMAND = 100
_POLITE = "|".join(map(re.escape, COURTESIES))
_BEFORE = re.compile(rf"\A(?:(?:{_POLITE}) )+")
_BEHIND = re.compile(rf"(?: (?:{_POLITE}))+\Z")


@lru_cache(maxsize=64)  # a message is looked at as one of a batch, and for its reply
def undressed(text: str) -> str:
    """Return the words without what is around them, and once if they are repeated.

    Nothing, where a text is too long to be a command.
    """
    if len(text) > LONGEST_COMMAND:
        return ""
    said = as_word(text)
    words = _BEHIND.sub("", _BEFORE.sub("", said)).split()
    return words[0] if len(set(words)) == 1 else " ".join(words)


def as_word(text: str) -> str:
    """Return words as they are compared: in one case, without accents and signs."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(APOSTROPHES)
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", plain))
    words = unicodedata.normalize("NFC", bare).split()
    return " ".join(filter(None, map(_bare, words)))


def read_behind(word: str, text: str) -> str | None:
    """Return what stands behind `/word` in a text; None: it does not begin so."""
    first, *rest = text.split(maxsplit=1) or [""]
    said = as_word(first[:LONGEST_COMMAND])
    return "".join(rest).strip() if said == f"/{as_word(word)}" else None


def read_title(text: str) -> str | None:
    """Return the title behind `/learn`, empty if there is none; None: no `/learn`."""
    if undressed(text) == "/learn":
        return ""
    given = read_behind("learn", text)
    return None if given is None else " ".join(given.split())


def _bare(word: str) -> str:
    """Return the word without signs and symbols at its ends."""
    begin, end = 0, len(word)
    while begin < end and _is_dress(word[begin]):
        begin += 1
    while begin < end and _is_dress(word[end - 1]):
        if _is_on_letter(word[begin:end]):
            break
        end -= 1
    return word[begin:end]


def _is_on_letter(word: str) -> bool:
    """Tell whether a word ends with what its script sets on its last letter."""
    signs = word.rstrip(ON_EMOJI)
    if signs != word or unicodedata.category(word[-1])[0] != "M":
        return False
    base = next((s for s in reversed(word) if unicodedata.category(s)[0] != "M"), "")
    return base.isalpha()


def _is_dress(sign: str) -> bool:
    """Tell whether it is punctuation, a symbol or emoji, or what joins or tints one."""
    return sign not in KEPT_SIGNS and unicodedata.category(sign)[0] in "PSMC"
