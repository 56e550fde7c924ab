"""DOCX: headings, paragraphs, lists and tables, in their order.

python-docx opens it; its own `paragraph.text` leaves out what was inserted while
changes are tracked, what stands in form fields and in text boxes, so that the elements
are walked here.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from bot.knowledge.reading.formats.office.archives import check_archive
from bot.knowledge.reading.formats.office.styles import Styles
from bot.knowledge.reading.formats.office.tables import header_of, rows_of
from bot.knowledge.reading.formats.rows import rows_as_text
from bot.knowledge.reading.formats.texts import squeeze
from bot.knowledge.reading.nouns import Block, Draft

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
P, TBL, TC, BOX = qn("w:p"), qn("w:tbl"), qn("w:tc"), qn("w:txbxContent")
# What stands for the same once more, for programs that are older.
NOT_TEXT = {MC + "Fallback", BOX, qn("w:del"), qn("w:moveFrom"), qn("w:rPr")}
SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
SIGNS[qn("w:noBreakHyphen")] = "-"
LONGEST_BOLD = 80
BELOW_ALL_HEADINGS = 9
MOST_TITLE = re.compile(r"^(?:microsoft word|document\d*$)", re.I)


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the blocks of a Word document."""
    check_archive(content, draft.limits)
    document = docx.Document(BytesIO(content))
    styles = Styles(document.styles.element)
    told = squeeze(document.core_properties.title)
    draft.title = None if MOST_TITLE.match(told) else told or None
    yield from _Document(styles, draft).blocks(document.element.body, 0)


class _Document:
    def __init__(self, styles: Styles, draft: Draft) -> None:
        self._styles = styles
        self._draft = draft

    def blocks(self, element: Any, depth: int) -> Iterator[Block]:
        if depth > self._draft.limits.nesting:
            return
        for child in element.iterchildren():
            if child.tag == P:
                yield from self._paragraph(child, depth)
            elif child.tag == TBL:
                yield from self._table(child, depth)
            elif child.tag not in NOT_TEXT:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, element: Any, depth: int) -> Iterator[Block]:
        style = self._styles.of(element)
        text = "\n".join(filter(None, map(squeeze, text_of(element).split("\n"))))
        if text and not style.is_contents:
            yield self._block(text, element, style.level, is_item=style.is_item)
        if style.is_title and text and not self._draft.title:
            self._draft.title = squeeze(text)
        for box in element.iter(BOX):
            if not any(above.tag == MC + "Fallback" for above in box.iterancestors()):
                yield from self.blocks(box, depth + 1)

    @staticmethod
    def _block(text: str, element: Any, level: int | None, *, is_item: bool) -> Block:
        if level is not None:
            return Block("heading", squeeze(text), level)
        if is_item:
            return Block("item", text)
        if len(text) <= LONGEST_BOLD and text[-1] not in ".,;!?" and is_bold(element):
            return Block("heading", squeeze(text), BELOW_ALL_HEADINGS)
        return Block("paragraph", text)

    def _table(self, element: Any, depth: int) -> Iterator[Block]:
        cells = list(element.iter(TC))
        if len(cells) == 1:  # a frame around text
            yield from self.blocks(cells[0], depth + 1)
            return
        rows = rows_of(element, text_of)
        header = header_of(element, is_bold)
        for text in rows_as_text(rows, rows[0] if header else None):
            yield Block("row", text)


def text_of(element: Any) -> str:
    """Return the text of an element as it is shown."""
    pieces: list[str] = []
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if node.tag == qn("w:t"):
            pieces.append(node.text or "")
        elif node.tag in SIGNS:
            pieces.append(SIGNS[node.tag])
        elif node.tag not in NOT_TEXT or node is element:
            waiting.extend(reversed(node))
        if node.tag == P and node is not element:
            pieces.append("\n")
    return "".join(pieces)


def is_bold(element: Any) -> bool:
    """Tell whether all of the text in an element is bold."""
    runs = [run for run in element.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
    return bool(runs) and all(map(_is_bold_run, runs))


def _is_bold_run(run: Any) -> bool:
    found = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
    return found is not None and found.get(qn("w:val")) not in {"0", "false", "off"}
