"""The inside of a paragraph: emphasis, code, links and HTML, as WhatsApp shows them."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from markdown_it.token import Token

from bot.whatsapp.text.markers import (
    CLOSERS,
    OPENERS,
    SHIELD,
    SHOW,
    can_close,
    can_open,
    is_word,
)
from bot.whatsapp.text.tags import CELL, attribute, border_of, settle_borders, tag_name

_OPEN = dict(zip("*_~", OPENERS, strict=True))
_CLOSE = dict(zip("*_~", CLOSERS, strict=True))
_CLOSER_OF = dict(zip(OPENERS, CLOSERS, strict=True))

_MARKER_OF = {"strong": "*", "em": "_", "s": "~"}
_BREAK_IN_WORD = "\u200b"

_EMPTY_PAIR = re.compile(rf"[{OPENERS}]([^\S\n]*)[{CLOSERS}]")
_SPACE_INSIDE = re.compile(
    rf"([{OPENERS}]+)([^\S\n]+)|(?<!\s)([^\S\n]++)([{CLOSERS}]+)"
)
_UNSHOWN_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)


def render_inline(children: Sequence[Token], around: str = "") -> str:
    """Render the tokens inside a block; `around` is a marker to set around each line.

    Gives no line that starts or ends with a space, and at most one blank line in a row.
    """
    text = _Inline(children, around).render()
    text = settle_borders(_tidy(text))
    lines = (_defuse(line.strip(" \t")) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).translate(SHOW).strip("\n"))


class _Inline:
    """Writes inline tokens one by one, and knows which markers and links are open."""

    def __init__(self, children: Sequence[Token], around: str) -> None:
        self.tokens = [t for t in children if t.type != "text" or t.content]
        self.around = around
        self.out: list[str] = []
        self.active: list[str] = []
        self.links: list[tuple[int, str]] = []
        self.numbers: list[int | None] = []

    def render(self) -> str:
        marks = _choose_marks(self.tokens, self.around)
        self._mark(_OPEN.get(self.around, ""))
        for at, token in enumerate(self.tokens):
            if at in marks:
                self._mark(marks[at])
            else:
                self._write(token)
        self._mark(_CLOSE.get(self.around, ""))
        return "".join(self.out)

    def _mark(self, mark: str) -> None:
        for char in mark:
            if char in OPENERS:
                self.active.append(char)
            elif char in CLOSERS:
                self.active.pop()
        self.out.append(mark)

    def _write(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._break_line()
            case "code_inline":
                self.out.append(_code(token.content))
            case "link_open":
                self.links.append((len(self.out), str(token.attrs["href"])))
            case "link_close":
                self._close_link(*self.links.pop())
            case "image":
                self.out.append(_image(token))
            case "html_inline":
                self._write_html(token.content)
            case _:
                self.out.append(token.content)

    def _break_line(self, sign: str = "\n") -> None:
        closers = (_CLOSER_OF[opener] for opener in reversed(self.active))
        self.out += [*closers, sign, *self.active]

    def _close_link(self, start: int, href: str) -> None:
        label = "".join(self.out[start:]).translate(SHOW).strip()
        url = _UNSHOWN_SCHEME.sub("", href, count=1)
        if label in ("", url, href):
            self.out[start:] = [url.translate(SHIELD)]
        elif url:
            self.out.append(f" ({url.translate(SHIELD)})")

    def _write_html(self, tag: str) -> None:
        name = tag_name(tag)
        match name:
            case "":
                self.out.append(tag)
            case "br":
                self._break_line()
            case "td" | "th":
                self.out.append(CELL)
            case "img":
                self.out.append(_picture(tag))
            case "a":
                self.out.append(attribute(tag, "href").translate(SHIELD) + " ")
            case _ if border := border_of(name):
                self._break_line(border)
                self._write_item(name)

    def _write_item(self, name: str) -> None:
        match name:
            case "li":
                self.out.append(self._bullet())
            case "ul" | "ol":
                self.numbers.append(0 if name == "ol" else None)
            case "/ul" | "/ol" if self.numbers:
                self.numbers.pop()

    def _bullet(self) -> str:
        number = self.numbers.pop() if self.numbers else None
        self.numbers.append(None if number is None else number + 1)
        return "- " if number is None else f"{number + 1}. "


def _picture(tag: str) -> str:
    return _described(attribute(tag, "alt"), attribute(tag, "src"))


def _described(alt: str, url: str) -> str:
    url = url.translate(SHIELD)
    return f"{alt} ({url})" if alt and url else alt or url


def _code(content: str) -> str:
    fence = "```" if "`" in content else "`"
    return f"{fence}{content}{fence}".translate(SHIELD)


def _image(token: Token) -> str:
    words = (child.content or " " for child in token.children or [])
    alt = " ".join("".join(words).split())
    return _described(alt, str(token.attrs["src"]))


def _choose_marks(tokens: Sequence[Token], around: str) -> dict[int, str]:
    """Decide what each token that opens or closes emphasis becomes, by its index."""
    before = _running(_edge(token, -1) for token in tokens)
    after = _running(_edge(token, 0) for token in reversed(tokens))[::-1]
    marks: dict[int, str] = {}
    ends: dict[int, int] = {}
    opened: list[tuple[int, str]] = [(-1, around)]
    for at, token in enumerate(tokens):
        marker = _MARKER_OF.get(token.type.rpartition("_")[0])
        if marker and token.nesting == 1:
            nested = any(marker == outer for _, outer in opened)
            opened.append((at, "" if nested else marker))
        elif marker:
            start, marker = opened.pop()
            pair = _pair(marker, token.markup, before[start], after[at + 1])
            marks[start], marks[at] = pair
            ends[start] = at
            if tokens[start + 1].tag == "strong" and ends.get(start + 1) == at - 1:
                _swap(marks, start, at)
    return marks


def _swap(marks: dict[int, str], start: int, end: int) -> None:
    # CommonMark reads ***x*** as italic around bold; WhatsApp wants bold outside.
    marks[start], marks[start + 1] = marks[start + 1], marks[start]
    marks[end], marks[end - 1] = marks[end - 1], marks[end]


def _pair(marker: str, source: str, before: str, after: str) -> tuple[str, str]:
    if not marker:
        return "", ""
    # Inside a word no marker works, and 2*3*4 or x**2 + y**2 was never meant as one.
    if (before.isascii() and before.isalnum()) or after.isdigit():
        return source, source
    left, right = _BREAK_IN_WORD * is_word(before), _BREAK_IN_WORD * is_word(after)
    return left + _OPEN[marker], _CLOSE[marker] + right


def _edge(token: Token, index: int) -> str:
    """Give a token's last (-1) or first (0) character, as its neighbours see it."""
    if token.type == "text":
        return token.content[index]
    if token.type.endswith("break"):
        return "\n"
    if token.type == "html_inline":
        return "\n" if border_of(tag_name(token.content)) else ""
    if token.type == "link_open":
        return ""
    transparent = token.nesting == (1 if index else -1) and token.type != "link_close"
    return "" if transparent else "*"


def _running(edges: Iterable[str]) -> list[str]:
    return list(accumulate(edges, lambda seen, edge: edge or seen, initial="\n"))


def _tidy(text: str) -> str:
    """Drop pairs around nothing, and move spaces out of pairs: neither would work."""
    for _ in OPENERS:
        text = _EMPTY_PAIR.sub(r"\1", text)
    return _SPACE_INSIDE.sub(r"\2\1\4\3", text)


def _defuse(line: str) -> str:
    """Keep the text's own markers from pairing up, by a zero-width space inside."""
    if not any(marker in line for marker in "*_~`"):
        return line
    shown = line.translate(SHOW)
    closes = {
        c: at for at, c in enumerate(shown) if c in "*_~`" and can_close(shown, at)
    }
    depth = dict.fromkeys("*_~`", 0)
    out = []
    for at, char in enumerate(line):
        if char in OPENERS or char in CLOSERS:
            depth[shown[at]] += 1 if char in OPENERS else -1
        if char in depth and can_open(shown, at) and closes.get(char, 0) > at + 1:
            out.append(char + _BREAK_IN_WORD)
        elif depth.get(char) and can_close(shown, at):
            out.append(_BREAK_IN_WORD + char)
        else:
            out.append(char)
    return "".join(out)
