"""Which of two dialects a reply is written in: Markdown, or WhatsApp's own markup.

`*x*` is italic in the one and bold in the other. A reply is Markdown if it holds a
strong emphasis (`**x**`, `__x__`, `***x***`) or a heading (`# x`): WhatsApp has
neither, and who writes Markdown writes them first. Without them `*x*` is taken for
WhatsApp's bold: such a reply mostly comes from a prompt that asked for WhatsApp's
markup, and a lone word that was meant as italic is emphasised all the same. Links,
tables, lists and code tell nothing, since models write them in either. `_x_` is italic
and `~x~` is struck in both (GitHub's Markdown takes one tilde or two).
Sources: https://faq.whatsapp.com/539178204879377 and https://github.github.com/gfm/
"""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from bot.whatsapp.text.code import outside_code

_STRUCK = re.compile(
    r"(?<![^\s(*_])~(?![\s~])([^~\n]*[^\s~])~(?![^\s).,;:!?*_\u2026])",
)


def read_single_tildes(state: StateCore) -> None:
    """Make `~x~` the same as `~~x~~`, unless a tilde stands for "about"."""
    for token in state.tokens:
        if "~" in token.content and token.type == "inline":
            token.content = outside_code(token.content, _double)


def _double(text: str) -> str:
    return _STRUCK.sub(r"~~\1~~", text)


def read_single_stars(state: StateCore) -> None:
    """Make `*x*` bold in a reply that is no Markdown."""
    if any(map(_is_markdown, state.tokens)):
        return
    for token in state.tokens:
        for child in token.children or []:
            if child.tag == "em" and child.markup == "*":
                child.type = child.type.replace("em", "strong")
                child.tag = "strong"


def _is_markdown(token: Token) -> bool:
    if token.type == "heading_open":
        return token.markup != "-"
    return any(child.type == "strong_open" for child in token.children or [])
