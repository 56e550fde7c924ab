"""From text to the words that it is found by."""

import regex

# A letter or digit with the marks that belong to it: Hindi's vowel signs are marks.
WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")


def split_words(text: str) -> list[str]:
    """Return the words of a text in their order, folded."""
    return [match[0] for match in WORD.finditer(text.casefold())]
