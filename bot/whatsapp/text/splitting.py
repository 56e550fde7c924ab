"""Splits a reply that is too long for one WhatsApp message into parts.

Twilio refuses a `Body` of more than 1600 characters (error 21617) and counts some of
them twice, so length here is UTF-16 code units and the default limit stays below it.
Source: https://www.twilio.com/docs/api/errors/21617
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import regex

from bot.whatsapp.text.markers import can_close, can_open
from bot.whatsapp.text.syllables import insides, syllable_starts, word_ends

# How good a place is for a cut, best first.
_PARAGRAPH, _LINE, _SENTENCE, _WORD, _SYLLABLE, _GRAPHEME, _INSIDE, _NOWHERE = range(8)

# How full a part is at least, in eighths, before a better border counts. Of layouts in
# as many parts the first is the nicest.
FEWEST = (4, 5, 6, 7, 8)

_FENCE = "```"
_CODE = re.compile(r"```(.*?)```", re.DOTALL)
_MARKER = re.compile(r"`[^`\n]+`|[*_~\n]")
_SENTENCE_END = regex.compile(r"(?<!\d)[\p{STerm}\u2026][\p{Pe}\p{Pf}\"'*_~`]*\Z")
# Chinese and Japanese write no space after a sentence.
_UNSPACED_SENTENCE_END = regex.compile(r"[\u3002\uff01\uff1f]+[\p{Pe}\p{Pf}]*")


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of formatting: where it is, and what re-opens and closes it at a cut."""

    start: int
    inner: int
    inner_end: int
    end: int
    opener: str
    closer: str


def split_message(text: str, limit: int = 1500, *, fewest: bool = False) -> list[str]:
    """Split `text`, formatted for WhatsApp, into parts of at most `limit` units.

    A unit is a UTF-16 code unit. Cuts fall between paragraphs, else lines, sentences,
    words, syllables, graphemes; code blocks and formatting pairs are closed before a
    cut and opened again after it, and white space at a cut is dropped. Only a grapheme
    (with its formatting) that is longer than `limit` is cut inside. Blank text is [].

    A better border is worth half a part; with `fewest` it is worth none that one more
    part would have to carry.

    Raises ValueError when `limit` is below 2, one character's length.
    """
    if limit < 2:
        raise ValueError(f"limit is {limit}, but one character may take 2 units")
    text = text.rstrip()
    if utf16_length(text) <= limit:
        return [text] if text else []
    layout = _Layout(text)
    leasts = [limit * share // 8 for share in (FEWEST if fewest else FEWEST[:1])]
    return min((list(layout.parts(limit, least)) for least in leasts), key=len)


def utf16_length(text: str) -> int:
    """Count the UTF-16 code units of `text`."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _spans(text: str) -> Iterator[_Span]:
    """Find code blocks and formatting pairs, outer ones before those inside them."""
    found: list[_Span] = []
    end = 0
    for code in _CODE.finditer(text):
        found += _pairs(text, end, code.start())
        edge = "\n" if "\n" in code[1] else ""
        found.append(_trimmed(text, code.span(), _FENCE, edge))
        end = code.end()
    found += _pairs(text, end, len(text))
    yield from sorted(found, key=lambda span: span.start)


def _pairs(text: str, start: int, end: int) -> Iterator[_Span]:
    """Find formatting pairs; each lies within one line, as WhatsApp wants it."""
    opened: list[tuple[str, int]] = []
    for match in _MARKER.finditer(text, start, end):
        marker, at = match[0][0], match.start()
        if marker == "\n":
            opened.clear()
        elif marker == "`":
            yield _trimmed(text, match.span(), marker)
        elif any(marker == other for other, _ in opened):
            if can_close(text, at):
                yield _trimmed(text, (_close(opened, marker), at + 1), marker)
        elif can_open(text, at):
            opened.append((marker, at))


def _close(opened: list[tuple[str, int]], marker: str) -> int:
    """Drop the innermost markers down to `marker`; give the place it was opened."""
    while True:
        other, start = opened.pop()
        if other == marker:
            return start


def _trimmed(text: str, where: tuple[int, int], marker: str, edge: str = "") -> _Span:
    start, end = where
    inner, inner_end = start + len(marker), end - len(marker)
    content = text[inner:inner_end]
    inner += len(content) - len(content.lstrip())
    inner_end -= len(content) - len(content.rstrip())
    return _Span(start, inner, inner_end, end, marker + edge, edge + marker)


class _Layout:
    """For each place in a text: how good a cut is there, and what it has to re-open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.units = [0, *accumulate(1 + (char > "\uffff") for char in text)]
        self.openers = [""] * (len(text) + 1)
        self.closers = [""] * (len(text) + 1)
        self.ranks = bytearray([_NOWHERE]) * (len(text) + 1)
        self._rank_graphemes()
        self.borders = bytes(self.ranks)
        self._wrap_spans()
        self._rank_white_space()
        self._rank_unspaced()

    def parts(self, limit: int, least: int) -> Iterator[str]:
        """Cut the text greedily from its start, into parts of `least` units or more."""
        start, prefix = self._skip_space(0), ""
        while start < len(self.text):
            cut = self._find_cut(start, limit, least, prefix)
            suffix = self.closers[cut]
            if self._size(start, cut, prefix, suffix) > limit:
                prefix = suffix = ""
            body = self.text[start:cut].rstrip()
            if body:
                yield prefix + body + suffix
            start, prefix = self._skip_space(cut), self.openers[cut]

    def _rank_graphemes(self) -> None:
        at = 0
        for grapheme in regex.findall(r"\X", self.text):
            self.ranks[at] = _GRAPHEME
            at += len(grapheme)
        self.ranks[at] = _GRAPHEME

    def _wrap_spans(self) -> None:
        for span in _spans(self.text):
            for at in range(span.start + 1, span.end):
                if span.inner < at < span.inner_end:
                    self.openers[at] += span.opener
                    self.closers[at] = span.closer + self.closers[at]
                else:
                    self.ranks[at] = _NOWHERE

    def _rank_white_space(self) -> None:
        for run in re.finditer(r"\s+", self.text):
            at = run.start()
            if self.ranks[at] != _NOWHERE:
                self.ranks[at] = self._rank_of_space(at, run[0].count("\n"))

    def _rank_of_space(self, at: int, newlines: int) -> int:
        if newlines:
            return _LINE if newlines == 1 or self._in_code(at) else _PARAGRAPH
        ends = _SENTENCE_END.search(self.text[max(0, at - 6) : at])
        return _SENTENCE if ends and not self._in_code(at) else _WORD

    def _rank_unspaced(self) -> None:
        """Rank what languages without spaces have instead of them."""
        sentences = (m.end() for m in _UNSPACED_SENTENCE_END.finditer(self.text))
        for rank, places in (
            (_INSIDE, insides(self.text)),
            (_SENTENCE, sentences),
            (_WORD, word_ends(self.text)),
            (_SYLLABLE, syllable_starts(self.text)),
        ):
            for at in places:
                if self.ranks[at] == _GRAPHEME and not self._in_code(at):
                    self.ranks[at] = rank

    def _in_code(self, at: int) -> bool:
        return self.openers[at].startswith(_FENCE)

    def _size(self, start: int, cut: int, prefix: str, suffix: str) -> int:
        return self.units[cut] - self.units[start] + len(prefix) + len(suffix)

    def _find_cut(self, start: int, limit: int, least: int, prefix: str) -> int:
        """Find the best cut; a better border counts only behind `least` units."""
        last = bisect_right(self.units, self.units[start] + limit - len(prefix)) - 1
        best, best_rank = 0, _NOWHERE
        for cut in range(last, start, -1):
            rank = self.ranks[cut]
            size = self._size(start, cut, prefix, self.closers[cut])
            if rank == _NOWHERE or size > limit:
                continue
            if cut == len(self.text):
                return cut
            if size < least:
                rank = max(rank, _WORD)
            if rank < best_rank:
                best, best_rank = cut, rank
            if best_rank == _PARAGRAPH or (size < least and best_rank <= _WORD):
                break
        return best or self._forced_cut(start, limit)

    def _forced_cut(self, start: int, limit: int) -> int:
        """Cut where formatting is lost; inside a grapheme only if it is too long."""
        last = bisect_right(self.units, self.units[start] + limit) - 1
        borders = (b for b in range(last, start, -1) if self.borders[b] == _GRAPHEME)
        return next(borders, last)

    def _skip_space(self, at: int) -> int:
        """Step over white space, but keep the indentation of a line of code."""
        start = at
        while self._is_space(at):
            at += 1
        if self._in_code(start) and "\n" in self.text[start:at]:
            return self.text.rindex("\n", start, at) + 1
        return at

    def _is_space(self, at: int) -> bool:
        # A space that carries a combining mark is a grapheme that must stay whole.
        char = self.text[at : at + 1]
        return char.isspace() and (
            self.borders[at + 1] == _GRAPHEME or char + self.text[at + 1] == "\r\n"
        )
