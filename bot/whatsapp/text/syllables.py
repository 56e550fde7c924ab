"""Where a text without spaces may be cut: between syllables, never inside one.

Which words such a text has only a dictionary knows. But Thai and Lao mark the start of
a syllable by a vowel that is written first, Japanese that of a phrase by a change of
script, and all have signs that belong to what stands before or after them.
Source: https://www.unicode.org/reports/tr14/
"""

from collections.abc import Iterator

import regex

# After a comma of Chinese or Burmese, a zero-width space, or a sign that ends a word.
_WORD_END = regex.compile(
    r"[\u3001\uff0c\uff1b\uff1a\u200b\u104a\u104b\u17d4\u17d5\u0e2f\u0e46\u0eaf\u0ec6]"
    r"(?!\p{LB=CL}|\p{LB=EX}|\p{LB=NS}|\p{LB=CP})"
)
_SYLLABLE = regex.compile(
    r"(?<=\p{LB=SA})(?=\p{InPC=Visual_Order_Left})"
    r"|(?<=\p{Hiragana})(?=[\p{Han}\p{Katakana}])"
    r"|(?<=\p{LB=SA})(?=[\p{Latin}\p{Nd}])|(?<=[\p{Latin}\p{Nd}])(?=\p{LB=SA})"
    r"|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])(?=[\p{Latin}\p{Nd}])"
)
_INSIDE = regex.compile(
    # A vowel or mark after its consonant, and after a vowel that is written first.
    r"(?=[\p{InSC=Vowel_Dependent}--\p{InPC=Visual_Order_Left}]|\p{InSC=Tone_Mark}|\p{M})"
    r"|(?<=\p{InPC=Visual_Order_Left})"
    # A consonant that another is stacked on, or that ends the syllable before it.
    r"|(?<=\p{InSC=Virama}|\p{InSC=Invisible_Stacker})"
    r"|(?=\p{InSC=Consonant}[\u1037]?[\p{InSC=Pure_Killer}\p{InSC=Invisible_Stacker}])"
    # Signs that start no line, or end none.
    r"|(?=\p{LB=CL}|\p{LB=CP}|\p{LB=EX}|\p{LB=NS}|\p{LB=CJ}|\p{LB=IS})|(?<=\p{LB=OP})"
    r"|(?=[\u0e2f\u0e46\u0eaf\u0ec6])",
    regex.V1,
)


def word_ends(text: str) -> Iterator[int]:
    """Find the places where a word ends without a space."""
    return (match.end() for match in _WORD_END.finditer(text))


def syllable_starts(text: str) -> Iterator[int]:
    """Find the places where a syllable surely starts."""
    return (match.start() for match in _SYLLABLE.finditer(text))


def insides(text: str) -> Iterator[int]:
    """Find the places that are inside a syllable, or that a line does not break at."""
    return (match.start() for match in _INSIDE.finditer(text))
