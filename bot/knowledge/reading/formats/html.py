"""HTML: the page's text with its headings, lists and tables, without menus.

Rules of our own on lxml's tree: programs that look for an article (trafilatura 2.3)
take a page of forty words for none, keep its menu, and lose its headings and rows.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bot.knowledge.reading.formats.menus import Menus
from bot.knowledge.reading.formats.rows import rows_as_text
from bot.knowledge.reading.formats.texts import decode, squeeze
from bot.knowledge.reading.formats.web_tables import is_layout, table_of
from bot.knowledge.reading.nouns import Block, Draft, UnreadableError

# The page says it itself, in its beginning.
# https://html.spec.whatwg.org/multipage/semantics.html#charset
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
CHARSET_WITHIN = 4096
HEADING = re.compile(r"h([1-6])")
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del",
    "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "picture", "q",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
# What a link leads to, where that is what is asked for.
REACHED_BY = re.compile(r"(?:tel|mailto):([^?]{3,100})", re.I)


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the blocks of a web page."""
    told = CHARSET.search(content[:CHARSET_WITHIN])
    text = decode(content, [draft.charset, told[1].decode() if told else None])
    root = _tree_of(text)
    draft.title = squeeze(" ".join(root.xpath("//head/title[1]//text()"))) or None
    nesting = draft.limits.nesting
    blocks = list(_Page(nesting, Menus(root)).blocks(root))
    # A page of links alone is no menu.
    blocks = blocks or list(_Page(nesting, Menus(root, keep_links=True)).blocks(root))
    if not blocks:
        raise UnreadableError(
            "there is no text on the page, most likely because a script makes it in "
            "the browser: print it there as PDF, and add that file",
            "empty",
        )
    yield from blocks


def _tree_of(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise UnreadableError(
            "there is no page in the file: save it anew from the browser"
        ) from None


class _Page:
    """Walks a page's elements; text that stands side by side is one paragraph."""

    def __init__(self, nesting: int, menus: Menus) -> None:
        self._nesting = nesting
        self._menus = menus
        self._waiting: list[str] = []
        self._in_item = False

    def blocks(self, root: HtmlElement) -> Iterator[Block]:
        for body in root.iter("body"):
            yield from self._inside(body, 0)
            yield from self._flush()
            return

    def _inside(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        self._waiting.append(_folded(element.text))
        for child in element:
            yield from self._element(child, depth + 1)
            self._waiting.append(_folded(child.tail))

    def _element(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        if depth > self._nesting:
            self._waiting.append(_folded(element.text_content()))
        elif self._menus.is_one(element):
            self._waiting.append(" ")
        elif element.tag == "br":
            self._waiting.append("\n")
        elif element.tag in INLINE:
            yield from self._inside(element, depth)
            self._waiting.append(_address_of(element))
        else:
            yield from self._flush()
            yield from self._block(element, depth)
            yield from self._flush()

    def _block(self, element: HtmlElement, depth: int) -> Iterator[Block]:
        if heading := HEADING.fullmatch(element.tag):
            if text := squeeze(element.text_content()):
                yield Block("heading", text, int(heading[1]))
        elif element.tag == "li":
            self._in_item = True
            yield from self._inside(element, depth)
            yield from self._flush()
            self._in_item = False
        elif element.tag == "table" and not is_layout(element):
            yield from _rows(element)
        elif element.tag == "dl":
            yield from _terms(element)
        elif element.tag == "pre":
            self._waiting.append(element.text_content())
        else:
            yield from self._inside(element, depth)

    def _flush(self) -> Iterator[Block]:
        lines = map(squeeze, "".join(self._waiting).split("\n"))
        self._waiting.clear()
        text = "\n".join(filter(None, lines))
        if text:
            yield Block("item" if self._in_item else "paragraph", text)


def _folded(text: str | None) -> str:
    """Return text as it counts between tags: its line ends are blanks."""
    return (text or "").replace("\n", " ")


def _address_of(link: HtmlElement) -> str:
    found = REACHED_BY.match(link.get("href") or "") if link.tag == "a" else None
    if not found or not link.text_content().strip():
        return ""
    shown = re.sub(r"\W", "", link.text_content())
    address = unquote(found[1])
    return "" if re.sub(r"\W", "", address) in shown else f" ({address})"


def _rows(table: HtmlElement) -> Iterator[Block]:
    caption, rows, header = table_of(table)
    if caption:
        yield Block("paragraph", caption)
    for row in rows_as_text(rows, header):
        yield Block("row", row)


def _terms(element: HtmlElement) -> Iterator[Block]:
    """Yield a list of terms: each with what is said of it."""
    term = ""
    for child in element.iter("dt", "dd"):
        text = squeeze(child.text_content())
        if child.tag == "dt":
            term = text
        elif text:
            yield Block("row", f"{term}: {text}" if term else text)
