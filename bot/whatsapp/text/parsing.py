"""Reads Markdown as LLMs write it: CommonMark, set up to lose nothing."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from bot.whatsapp.text.citations import drop_citations
from bot.whatsapp.text.dialect import read_single_stars, read_single_tildes
from bot.whatsapp.text.formulas import read_formula
from bot.whatsapp.text.markers import SHIELD
from bot.whatsapp.text.tags import read_tags

_URL_AFTER_SCHEME = re.compile(
    r"://(?:[^\s<>()\[\]\\`*]|\*(?!\*)|\\[*_~&]|\([^\s<>()\[\]\\`*]*\))+"
)
_CLOSER_OF = {"$$": "$$", "\\[": "\\]"}
_ESCAPED_IN_URL = re.compile(r"\\([*_~&])")
_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)


class Parser(MarkdownIt):
    """CommonMark with tables and strikethrough; indented text is text, not code."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"maxNesting": 100})
        self.enable(["table", "strikethrough"])
        # A link's definition would vanish, and so would a line like "[Note]: text".
        # What LLMs indent is an address or a poem; their code has fences.
        self.disable(["reference", "html_block", "code"])
        self.inline.ruler.after("text", "bare_url", _read_bare_url)
        self.block.ruler.before("hr", "display", _read_display, {"alt": ["paragraph"]})
        self.inline.ruler.before("escape", "formula", read_formula)
        self.core.ruler.before("inline", "citations", drop_citations)
        self.core.ruler.before("inline", "single_tildes", read_single_tildes)
        self.core.ruler.push("single_stars", read_single_stars)
        self.core.ruler.push("tags", read_tags)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Keep `url` as it was written, but for the `&amp;` of HTML."""
        return plain_url(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """Keep `link` as it was written, but for the `&amp;` of HTML."""
        return plain_url(link)


def plain_url(url: str) -> str:
    """Undo what HTML does to an ampersand; `&copy=1` is no entity in a URL."""
    return _AMPERSAND.sub("&", url)


def _read_display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a formula on lines of its own whole: its "+ c" is no item of a list."""
    closer = _CLOSER_OF.get(_line(state, start))
    lines = range(start + 1, min(end, start + 40)) if closer else ()
    last = next((at for at in lines if _line(state, at) == closer), None)
    if last is None:
        return False
    if not silent:
        state.push("paragraph_open", "p", 1).map = [start, last + 1]
        inline = state.push("inline", "", 0)
        inline.content = "\n".join(_line(state, at) for at in range(start, last + 1))
        inline.map, inline.children = [start, last + 1], []
        state.push("paragraph_close", "p", -1)
        state.line = last + 1
    return True


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].strip()


def _read_bare_url(state: StateInline, silent: bool) -> bool:
    """Take the rest of a bare URL as text, so that markers in it mean nothing."""
    scheme = state.src[max(0, state.pos - 5) : state.pos].lower()
    rest = _URL_AFTER_SCHEME.match(state.src, state.pos, state.posMax)
    if not rest or not scheme.endswith(("http", "https")):
        return False
    url = rest[0].rstrip("*_~.,;:!?'\"\\")
    if not silent:
        shown = _ESCAPED_IN_URL.sub(r"\1", plain_url(url))
        state.append_pending(shown.translate(SHIELD))
    state.pos += len(url)
    return bool(url)
