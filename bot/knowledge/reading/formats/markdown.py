"""Markdown: headings, paragraphs, lists, tables, without the marks."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.knowledge.reading.formats.rows import rows_as_text
from bot.knowledge.reading.formats.texts import decode, squeeze
from bot.knowledge.reading.nouns import Block, Draft

# What some programs write above the text, for themselves.
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
TAG = re.compile(r"<!--.*?-->|<[^>]{1,1000}>", re.DOTALL)


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the blocks of a Markdown file."""
    text = decode(content, [draft.charset])
    matter = FRONT_MATTER.match(text)
    if matter:
        titled = TITLE.search(matter[1])
        draft.title = titled and squeeze(titled[1])
        text = text[matter.end() :]
    parser = MarkdownIt("commonmark", {"maxNesting": draft.limits.nesting})
    for block in _blocks(parser.enable("table").parse(text)):
        if block.kind == "heading" and block.level == 1 and not draft.title:
            draft.title = block.text
        yield block


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    opened: list[Token] = []
    table: list[list[str]] = []
    for token in tokens:
        if token.nesting > 0:
            opened.append(token)
        elif token.nesting < 0:
            opened.pop()
        if token.type == "tr_open":
            table.append([])
        elif token.type == "table_close":
            yield from (
                Block("row", text) for text in rows_as_text(table[1:], table[0])
            )
            table = []
        elif table and token.type == "inline":
            table[-1].append(_text_of(token))
        elif text := _text_of(token):
            yield _block_of(text, opened)


def _text_of(token: Token) -> str:
    if token.type in {"fence", "code_block"}:
        return token.content.strip("\n")
    if token.type == "html_block":
        return squeeze(TAG.sub(" ", token.content))
    if token.type == "inline":
        return squeeze(_plain(token.children or []))
    return ""


def _block_of(text: str, opened: Sequence[Token]) -> Block:
    if opened and opened[-1].type == "heading_open":
        return Block("heading", text, int(opened[-1].tag[1:]))
    in_list = any(each.type == "list_item_open" for each in opened)
    return Block("item" if in_list else "paragraph", text)


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(_plain_of(token) for token in tokens)


def _plain_of(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type in {"text", "code_inline"}:
        return token.content
    return token.content if token.type == "image" else ""
