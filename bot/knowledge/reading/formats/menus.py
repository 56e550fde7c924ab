"""What of a web page is no text of its own: menus, scripts, notices about cookies."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

NEVER_TEXT = frozenset({
    "area", "audio", "button", "canvas", "datalist", "dialog", "embed", "head",
    "iframe", "input", "map", "math", "menu", "nav", "noscript", "object", "script",
    "search", "select", "style", "svg", "template", "textarea", "track", "video",
})  # fmt: skip
NEVER_MENU = frozenset({"a", "body", "table", "tbody", "tr", "td"})
ROLES = frozenset({
    "alertdialog", "dialog", "menu", "menubar", "navigation", "search", "tablist",
    "toolbar",
})  # fmt: skip
NAMED = re.compile(r"\b(?:cookie|consent|breadcrumb|skip-?link|gdpr)", re.I)
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# A menu is links and hardly anything else, and they are short.
LEAST_LINKS = 2
MOST_BESIDE = 0.25
LONGEST_LINK = 30


@dataclass(slots=True)
class _Weight:
    """How much text an element has, how much of it in how many links."""

    text: int = 0
    linked: int = 0
    links: int = 0


class Menus:
    """Knows which elements of a page are no text of its own."""

    def __init__(self, root: HtmlElement, *, keep_links: bool = False) -> None:
        """Weigh every element once, the inner ones first."""
        self._weights: dict[HtmlElement, _Weight] = {}
        self._keep_links = keep_links
        self._main: set[HtmlElement] = set()
        for element in reversed(list(root.iter())):
            self._weigh(element)
        for main in root.iter("main", "article"):
            self._main.update(main.iter())

    def is_one(self, element: HtmlElement) -> bool:
        """Tell whether an element is left out, with all that is in it."""
        if element.tag in NEVER_TEXT or "hidden" in element.attrib:
            return True
        if element.get("role") in ROLES or element.get("aria-hidden") == "true":
            return True
        if UNSEEN.search(element.get("style") or ""):
            return True
        named = f"{element.get('id') or ''} {element.get('class') or ''}"
        return bool(NAMED.search(named)) or self._is_links(element)

    def _is_links(self, element: HtmlElement) -> bool:
        if self._keep_links or element in self._main or element.tag in NEVER_MENU:
            return False
        weight = self._weights[element]
        return (
            weight.links >= LEAST_LINKS
            and weight.text - weight.linked <= MOST_BESIDE * weight.text
            and weight.linked <= LONGEST_LINK * weight.links
        )

    def _weigh(self, element: HtmlElement) -> None:
        if not isinstance(element.tag, str) or element.tag in NEVER_TEXT:
            self._weights[element] = _Weight()
            return
        weight = _Weight(len((element.text or "").strip()))
        for child in element:
            inner = self._weights[child]
            weight.text += inner.text + len((child.tail or "").strip())
            weight.linked += inner.linked
            weight.links += inner.links
        href = element.get("href") or "" if element.tag == "a" else ""
        if href and not href.startswith(("tel:", "mailto:")):
            weight.linked, weight.links = weight.text, 1
        self._weights[element] = weight
