"""Turns the Markdown or WhatsApp's markup that LLMs write into WhatsApp's formatting.

WhatsApp has bold, italic, strike, code, quotes and flat lists, and a pair of markers
must lie within one line; the rest of Markdown becomes readable plain text.
Source: https://www.twilio.com/docs/whatsapp/message-features
"""

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from bot.whatsapp.text.inline import render_inline
from bot.whatsapp.text.markers import RESERVED
from bot.whatsapp.text.parsing import Parser

# Neither PostgreSQL's JSONB nor UTF-8 takes all of these, and nobody can read them.
_UNUSABLE = re.compile(f"[\0\ud800-\udfff{RESERVED}]")
# What a terminal would obey, which a phone shows as boxes or as scraps: colours of a
# model's console output with all that belongs to them, and single control characters.
_COMMANDS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\))")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_BREAK_IN_CELL = re.compile(r"(?<=[\w)%*_~])\n")
# Lines that begin with a letter, and have no sign (but for "_") that means anything to
# Markdown, to WhatsApp or to us: most short answers are so. Reading one takes .1 ms.
_LINE = r"[^\W\d][\w .,;:!?'\"%€-]*+(?<! )"
_PLAIN = re.compile(rf"{_LINE}(?:\n\n?{_LINE})*")
_TASK = re.compile(r"\[([ xX])\](?: |$)")


def to_whatsapp(markdown: str) -> str:
    """Turn Markdown into the text of a WhatsApp message, of any length.

    Line breaks stay as they are and blank lines stay as one; text that shows anything
    never becomes blank. NUL, lone surrogates and Unicode's noncharacters become U+FFFD,
    other control characters go.
    """
    source = _UNUSABLE.sub("\ufffd", _COMMANDS.sub("", markdown))
    source = _CONTROLS.sub("", _LINE_ENDS.sub("\n", source))
    return source if needs_no_reading(source) else render(source)


def needs_no_reading(source: str) -> bool:
    """Tell whether a text is the same after all: it is so by far sooner told."""
    return "_" not in source and _PLAIN.fullmatch(source) is not None


def render(source: str) -> str:
    """Turn Markdown without control characters into a message's text."""
    page = _Page(source)
    page.write(_PARSER.parse(source))
    return "\n".join(page.lines).strip() or source.strip()


_PARSER = Parser()


class _Page:
    """Collects the lines of a message from the tokens of blocks."""

    def __init__(self, source: str) -> None:
        self.source = source.split("\n")
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.bullet = ""
        self.bullet_at = 0
        self.quotes = 0
        self.gap = False
        self.rows: list[list[str]] = []
        self.rows_at = 0

    def write(self, tokens: Sequence[Token]) -> None:
        """Write all blocks; the text of one follows the token that opens it."""
        for opening, token in zip([*tokens[:1], *tokens], tokens, strict=False):
            if token.type == "inline":
                self._write_text(opening, token)
            elif token.type in _WRITERS:
                _WRITERS[token.type](self, token)

    def _write_text(self, opening: Token, inline: Token) -> None:
        children = inline.children or []
        if opening.tag in ("th", "td"):
            cell = render_inline(children, "*" if opening.tag == "th" else "")
            self.rows[-1].append(_one_line(cell))
            return
        bold = opening.type == "heading_open" and _is_title(opening, inline)
        text = render_inline(children, "*" if bold else "")
        if not (text or self.bullet):
            return
        self._write_lines(text.split("\n"), _line_of(inline))
        self.gap = opening.type == "heading_open" and not bold

    def _write_lines(self, lines: list[str], at: int) -> None:
        """Write lines of text that stand at line `at` of the source."""
        first, *rest = lines
        if self.bullet:
            first = self._task(first)
        elif not self.quotes:
            first = "  " * len(self.numbers) + first
        indented = [self._indent(at + n) + line for n, line in enumerate(rest, 1)]
        quote = "> " if self.quotes else ""
        self._append([(quote + line).rstrip() for line in [first, *indented]], at)

    def _task(self, text: str) -> str:
        box = _TASK.match(text)
        bullet, self.bullet = self.bullet, ""
        if not box:
            return bullet + text
        sign = "\u2610" if box[1] == " " else "\u2611"
        return f"{bullet.removesuffix('- ')}{sign} {text[box.end() :]}"

    def _indent(self, at: int) -> str:
        # A line that follows a list without indentation is part of its last item
        # in Markdown's eyes only.
        line = self.source[at] if at < len(self.source) else " "
        return "  " * len(self.numbers) if line[:1].isspace() else ""

    def _append(self, lines: list[str], at: int) -> None:
        after_blank = at > 0 and not self.source[at - 1].strip("> \t")
        if self.lines and self.lines[-1] and (self.gap or after_blank):
            self.lines.append("")
        self.gap = False
        self.lines += lines

    def _write_code(self, token: Token) -> None:
        self._write_lone_bullet(token)
        if token.content.strip():
            # Three backticks inside would end WhatsApp's block.
            content = token.content.removesuffix("\n").replace("```", "``\u200b`")
            self._append(["```", *content.split("\n"), "```"], _line_of(token))

    def _open_list(self, token: Token) -> None:
        self.numbers.append(int(token.attrs.get("start", 1)) - 1)

    def _close_list(self, _: Token) -> None:
        self.numbers.pop()

    def _open_item(self, token: Token) -> None:
        bullet = "- "
        if token.info:
            self.numbers[-1] = max(self.numbers[-1] + 1, int(token.info))
            bullet = f"{self.numbers[-1]}{token.markup} "
        indent = "" if self.bullet else "  " * (len(self.numbers) - 1)
        self.bullet += indent + bullet
        self.bullet_at = _line_of(token)

    def _write_lone_bullet(self, _: Token) -> None:
        if self.bullet:
            self._write_lines([""], self.bullet_at)

    def _open_quote(self, _: Token) -> None:
        self.quotes += 1

    def _close_quote(self, _: Token) -> None:
        self.quotes -= 1

    def _write_rule(self, _: Token) -> None:
        self.gap = True

    def _open_table(self, token: Token) -> None:
        self.rows, self.rows_at = [], _line_of(token)

    def _open_row(self, _: Token) -> None:
        self.rows.append([])

    def _close_table(self, _: Token) -> None:
        header, *body = self.rows
        lines = ["; ".join(_named_cells(header, row)) for row in body]
        lines = [line for line in lines or ["; ".join(filter(None, header))] if line]
        if lines:
            self._write_lines(lines, self.rows_at)


def _one_line(cell: str) -> str:
    lines = (" ".join(line.split()) for line in cell.split("\n"))
    return _BREAK_IN_CELL.sub(", ", "\n".join(filter(None, lines))).replace("\n", " ")


def _named_cells(header: list[str], row: list[str]) -> list[str]:
    cells = zip(header, row, strict=False)
    return [f"{name}: {cell}" if name else cell for name, cell in cells if cell]


def _is_title(heading: Token, inline: Token) -> bool:
    """Tell a title from text above a line of dashes, which was meant as a rule."""
    underlined = heading.markup in ("-", "=")
    text = inline.content
    return not underlined or ("\n" not in text and text[-1:] not in ".!?:;,")


def _line_of(token: Token) -> int:
    return token.map[0] if token.map else 0


_WRITERS: dict[str, Callable[[_Page, Token], None]] = {
    "fence": _Page._write_code,
    "bullet_list_open": _Page._open_list,
    "bullet_list_close": _Page._close_list,
    "ordered_list_open": _Page._open_list,
    "ordered_list_close": _Page._close_list,
    "list_item_open": _Page._open_item,
    "list_item_close": _Page._write_lone_bullet,
    "blockquote_open": _Page._open_quote,
    "blockquote_close": _Page._close_quote,
    "hr": _Page._write_rule,
    "table_open": _Page._open_table,
    "tr_open": _Page._open_row,
    "table_close": _Page._close_table,
}
