"""Where WhatsApp takes a `*`, `_` or `~` for the border of bold, italic, strike.

Source: https://www.twilio.com/docs/whatsapp/message-features

Until the last step, markers that we set are told from those that the text holds by
standing for them with code points that Unicode reserves for a program's own use.
"""

import unicodedata

OPENERS, CLOSERS = "\ufdd0\ufdd1\ufdd2", "\ufdd3\ufdd4\ufdd5"
SHIELD = str.maketrans("*_~`", "\ufdd6\ufdd7\ufdd8\ufdd9")
SHOW = dict(zip(range(0xFDD0, 0xFDDA), "*_~*_~*_~`", strict=True))
RESERVED = "\ufdd0-\ufdef"


def can_open(text: str, at: int) -> bool:
    """Tell whether WhatsApp could take the marker at `at` for the start of a pair."""
    before, after = _around(text, at)
    return not is_word(before) and bool(after) and not after.isspace()


def can_close(text: str, at: int) -> bool:
    """Tell whether WhatsApp could take the marker at `at` for the end of a pair."""
    before, after = _around(text, at)
    return not is_word(after) and bool(before) and not before.isspace()


def _around(text: str, at: int) -> tuple[str, str]:
    """Give the characters beside the run of markers that `at` is in, if it is short."""
    before = text[max(0, at - 3) : at].rstrip(text[at])
    after = text[at + 1 : at + 4].lstrip(text[at])
    return before[-1:], after[:1]


def is_word(char: str) -> bool:
    """Tell whether `char` is part of a word; no character is none."""
    # Vowel signs and accents are marks, not letters, yet part of a word.
    return char.isalnum() or (char > "\x7f" and unicodedata.category(char)[0] == "M")
