"""HTML in a reply: what is markup and what is text, and where its blocks end."""

import html
import re
from collections.abc import Callable, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from bot.whatsapp.text.formulas import lowered, raised

# Code points that stand for borders until a block is written.
LINE, PARAGRAPH, CELL = "\ufdda", "\ufddb", "\ufddc"

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^>]*)>", re.DOTALL)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_ATTRIBUTE = re.compile(rf"([\w:-]+)\s*=\s*({_VALUE})")
# <b and c> is about three numbers.
_ATTRIBUTES = re.compile(
    rf"(?:\s+(?:[\w:-]+\s*=\s*{_VALUE}|hidden|open|checked|disabled|reversed))*\s*/?",
)
_KIND_OF = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "strong"),
    **dict.fromkeys(("i", "em"), "em"),
    **dict.fromkeys(("s", "del", "strike"), "s"),
    **dict.fromkeys(("a", "sup", "sub"), ""),
}
_LINES = """
address article aside blockquote body button caption center dd details div dl dt
figcaption figure footer form head header html label main nav ol option pre script
section select style summary table tbody tfoot thead title tr ul li
"""
_PARAGRAPHS = "p /p hr h1 h2 h3 h4 h5 h6"
_UNSHOWN = """
abbr big br cite code col dfn font iframe img input ins kbd link mark meta q samp small
span svg td th tt u var video
"""
_BORDER_OF = {
    **{f"{slash}{name}": LINE for name in _LINES.split() for slash in ("", "/")},
    **{f"/h{level}": LINE for level in range(1, 7)},
    **dict.fromkeys(_PARAGRAPHS.split(), PARAGRAPH),
}
_TAGS = {*_BORDER_OF, *_KIND_OF, *_UNSHOWN.split()}

_BORDERS = re.compile(
    rf"(?<![ \t\n])[ \t\n]*+[{LINE}{PARAGRAPH}][ \t\n{LINE}{PARAGRAPH}]*"
)
_CELLS = re.compile(rf"(?<![ \t])[ \t]*+{CELL}[ \t{CELL}]*")


def tag_name(tag: str) -> str:
    """Give the name of an HTML tag, with "/" before it if it closes; else ""."""
    # What is no tag of HTML, like <your name>, is text that a person should read.
    match = _TAG.fullmatch(tag)
    name = match[2].lower() if match else ""
    if not match or name not in _TAGS or not _ATTRIBUTES.fullmatch(match[3]):
        return "" if not tag.startswith(("<!--", "<?", "<!")) else "!--"
    return match[1] + name


def border_of(name: str) -> str:
    """Give what stands for the border that a tag sets between two blocks."""
    return _BORDER_OF.get(name, "")


def settle_borders(text: str) -> str:
    """Turn what stands for borders, with the space around, into line breaks."""
    text = _BORDERS.sub(_line_breaks, text)
    return _CELLS.sub(_between_cells, text)


def _between_cells(run: re.Match[str]) -> str:
    around = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    return "" if "" in around or "\n" in around else "; "


def _line_breaks(run: re.Match[str]) -> str:
    return "\n\n" if PARAGRAPH in run[0] or "\n\n" in run[0] else "\n"


def attribute(tag: str, name: str) -> str:
    """Give the value of an attribute in an HTML tag, or ""."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1].lower() == name:
            value = found[2].strip("\"'")
            return html.unescape(value)
    return ""


def read_tags(state: StateCore) -> None:
    """Make emphasis and links of HTML the same tokens as those of Markdown."""
    for token in state.tokens:
        if token.children and any(c.type == "html_inline" for c in token.children):
            token.children = _with_pairs(token.children)


def _with_pairs(children: Sequence[Token]) -> list[Token]:
    out: list[Token] = []
    opened: list[tuple[str, int]] = []
    for token in children:
        name = tag_name(token.content) if token.type == "html_inline" else ""
        if opened and name == "/" + opened[-1][0]:
            _close(out, opened.pop()[1], token)
            continue
        if name in _KIND_OF:
            opened.append((name, len(out)))
        elif token.nesting == 1:
            opened.append((token.type, len(out)))
        elif token.nesting == -1:
            _forget(opened, token.type.removesuffix("close") + "open")
        out.append(token)
    return out


def _forget(opened: list[tuple[str, int]], name: str) -> None:
    while opened and opened.pop()[0] != name:
        pass


def _close(out: list[Token], start: int, closing: Token) -> None:
    """Turn the tag at `start` and `closing`, which ends it, into one pair of tokens."""
    tag = out[start].content
    name = tag_name(tag)
    if name in ("sup", "sub"):
        _write_script(out, start, closing, raised if name == "sup" else lowered)
    elif name == "a":
        out[start] = Token("link_open", "a", 1, attrs={"href": attribute(tag, "href")})
        out.append(Token("link_close", "a", -1))
    else:
        kind = _KIND_OF[name]
        edge = [out[start]] if border_of(name) else []
        out[start : start + 1] = [*edge, Token(f"{kind}_open", kind, 1)]
        out += [Token(f"{kind}_close", kind, -1), *([closing] if edge else [])]


def _write_script(
    out: list[Token], start: int, closing: Token, write: Callable[[str], str]
) -> None:
    """Write 10<sup>2</sup> as 10²: without its tags it would be 102."""
    inner = out[start + 1 :]
    if all(token.type == "text" for token in inner):
        text = "".join(token.content for token in inner)
        out[start:] = [Token("text", "", 0, content=write(text) if text else "")]
    else:
        out.append(closing)
