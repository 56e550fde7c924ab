"""Where WhatsApp takes a `*`, `_` or `~` for the border of bold, italic, strike.

Source: https://www.twilio.com/docs/whatsapp/message-features
"""

import unicodedata


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
