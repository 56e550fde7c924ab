"""What the LLM writes in square brackets: whom it cites, that it does not know.

[1], [1, 2], [1][2], 【1】, [source 1], (source 1) and (1) at a sentence's end cite; a
number that was not given is dropped. [unknown] says that the passages do not tell the
answer, [picture 2] asks for the picture of the product in passage 2. None of them
reaches the user.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.markers.skeleton import BLANKS, CLOSE, OPEN, tidied

_WORD = (
    r"(?:(?:sources?|passages?|doc(?:ument)?s?|ref(?:erence)?s?|cit(?:e|ation)s?|see"
    r"|quellen?|fuentes?|fontes?|fonti?)[ :.#]*)"
)
_DIGITS = r"\d{1,3}"
_LIST = rf"{_DIGITS}(?>(?:\s?(?:[,;&]|and|[-\u2013])\s?{_WORD}?{_DIGITS})*)"
# What servers add to a number, and a link on it, belong to it.
_CITE = rf"{OPEN}\^?{_WORD}?{_LIST}\^?(?:\u2020[^\]\u3011\n]{{0,80}})?{CLOSE}"
_UNKNOWN = rf"{OPEN}\s?unknown\s?[.!]?\s?{CLOSE}"
_PICTURE = rf"!?{OPEN}(?:picture|image|photo)s?[ :#]*(?:{_DIGITS})?{CLOSE}"
_ONE = (
    rf"(?:(?:{_CITE}|{_UNKNOWN}|{_PICTURE})(?:\([^()\s]{{0,500}}\))?"
    rf"|\({_WORD}{_LIST}\))"
)
_SEVERAL = rf"(?>{_ONE}(?:[ \t]*+(?:[,;][ \t]*+)?{_ONE})*)"
# Markers in a row, with what was set around them: (see [1]), **[1]**.
_ROW = "|".join(
    (
        rf"\({_WORD}?{_SEVERAL}\)",
        *(f"{mark}{_SEVERAL}{mark}" for mark in (r"\*\*", r"\*", "__", "_")),
        _SEVERAL,
    )
)
# Nothing in code and in addresses is ours.
_FOUND = re.compile(
    r"(?P<untouched>```.*?(?:```|\Z)|`[^`\n]+`|https?://[^\s<>]+)"
    rf"|(?P<row>^[ \t]*+(?:{_ROW})[ \t:]*|{BLANKS}(?:{_ROW}))"
    rf"|(?<=\S)(?P<bare>{BLANKS}\({_DIGITS}\))(?=[.!?]?[ \t]*$|[.!?]\s)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(
    rf"(?P<unknown>{_UNKNOWN})|(?P<picture>{_PICTURE})|{_CITE}|\({_WORD}{_LIST}\)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(rf"({_DIGITS})(?:\s?[-\u2013]\s?{_WORD}?({_DIGITS}))?", re.I)
# What is left of the LLM's own list of sources.
_HEADING = re.compile(
    r"(?:^|(?<=\n))[ \t#*_>-]*+(?:sources?|references?|citations?|quellen?|fuentes?"
    r"|fontes?)[ \t]*+:?[ \t*_]*+\s*+\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marked:
    """An answer without its markers, and what they said.

    `cited` are the numbers of passages in the order in which they were named.
    """

    text: str
    cited: tuple[int, ...] = ()
    is_unknown: bool = False
    pictures: tuple[int, ...] = ()


def read_markers(answer: str, passages: int, said: str = "") -> Marked:
    """Read an answer from so many passages; `said` is what the user wrote.

    What the user wrote with a number in brackets may be said again.
    """
    reading = _Reading(passages, said.casefold())
    text = _FOUND.sub(reading.replace, answer)
    return Marked(
        text if text == answer else tidied(_HEADING.sub("", text)),
        tuple(dict.fromkeys(reading.cited)),
        reading.is_unknown,
        tuple(dict.fromkeys(reading.pictures)),
    )


class _Reading:
    """Collects what the markers of one answer say."""

    def __init__(self, passages: int, said: str) -> None:
        self._passages = passages
        self._said = said
        self.cited: list[int] = []
        self.pictures: list[int] = []
        self.is_unknown = False

    def replace(self, found: re.Match[str]) -> str:
        """Return what stays of a place in the answer."""
        if found["untouched"] or self._is_theirs(found):
            return found[0]
        if found["bare"]:
            numbers = list(self._known(found[0]))
            self.cited += numbers
            return "" if numbers else found[0]
        for marker in _MARKER.finditer(found[0]):
            self._take(marker)
        return _joint(found)

    def _take(self, marker: re.Match[str]) -> None:
        if marker["unknown"]:
            self.is_unknown = True
        elif marker["picture"]:
            self.pictures += self._known(marker[0])
        else:
            self.cited += self._known(marker[0].partition("\u2020")[0])

    def _is_theirs(self, found: re.Match[str]) -> bool:
        """Tell whether the user wrote the same, with the same word before it."""
        words = found.string[max(0, found.start() - 40) : found.start()].split()
        return bool(words) and f"{words[-1]}{found[0]}".casefold() in self._said

    def _known(self, marker: str) -> Iterator[int]:
        for match in _NUMBERS.finditer(marker):
            first, last = int(match[1]), int(match[2] or match[1])
            yield from range(max(first, 1), min(last, self._passages) + 1)


def _joint(found: re.Match[str]) -> str:
    """Keep two words apart that only a marker stood between."""
    start, end = found.span()
    before, after = found.string[max(0, start - 1) : start], found.string[end : end + 1]
    return " " if before.strip() and after.isalnum() else ""
