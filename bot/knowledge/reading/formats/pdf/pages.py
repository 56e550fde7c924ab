"""PDF: page by page, so that memory stays flat however many there are."""

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, islice
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from bot.knowledge.reading.formats.pdf.blocks import Pages, keys_of, text_height
from bot.knowledge.reading.formats.pdf.layout import Line, lines_of
from bot.knowledge.reading.formats.pdf.segments import Segment, segments_of
from bot.knowledge.reading.formats.pdf.tables import heads_table
from bot.knowledge.reading.formats.texts import squeeze
from bot.knowledge.reading.nouns import Block, Draft, Fault, UnreadableError

END = b"%%EOF"
END_WITHIN = 4096
# The size of the text, and what stands on every page, are found on the first ones.
PAGES_LOOKED_AT = 12
LEAST_PAGES = 3
MOST_PAGES = 0.6
EDGE_LINES = 2
# A page with fewer signs is a picture, if there is one on it.
LEAST_SIGNS = 16
MOST_TITLE = 200


def read(content: bytes, draft: Draft) -> Iterator[Block]:
    """Yield the blocks of a PDF's pages."""
    document = _open(content)
    draft.pages = len(document)
    if draft.pages > draft.limits.pages:
        raise UnreadableError(
            f"the file has {draft.pages:,} pages, and at most {draft.limits.pages:,} "
            "are read: split it into smaller files",
            "too much",
        )
    title = document.get_metadata_dict().get("Title") or ""
    draft.title = squeeze(title)[:MOST_TITLE] or None
    scans = _Scans(draft)
    pages = (scans.segments_of(document[at], at) for at in range(draft.pages))
    first = list(islice(pages, PAGES_LOOKED_AT))
    whole = Pages(text_height(first), _running(first))
    for at, segments in enumerate(chain(first, pages), start=1):
        yield from whole.blocks_of(segments, at)
    scans.tell()


def _open(content: bytes) -> Any:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(
                "the file is protected by a password: save it without one, and add "
                "that file",
                "locked",
            ) from None
        raise UnreadableError(
            "the file is cut off or damaged: copy it again from where it comes from"
        ) from None
    if END not in content[-END_WITHIN:]:
        raise UnreadableError(
            "the file is cut off, its end is missing: copy it again from where it "
            "comes from"
        )
    return document


def _running(pages: Sequence[Sequence[Segment]]) -> frozenset[str]:
    """Return what stands at the edge of most pages: their heads and feet."""
    if len(pages) < LEAST_PAGES:
        return frozenset()
    seen: Counter[str] = Counter()
    for at, page in enumerate(pages, start=1):
        seen.update(frozenset().union(*_keys_at_edges(lines_of(page), at)))
    return frozenset(key for key, n in seen.items() if n >= MOST_PAGES * len(pages))


def _keys_at_edges(lines: Sequence[Line], page: int) -> Iterator[frozenset[str]]:
    for at, line in enumerate(lines[:EDGE_LINES]):
        # A table's header stands on every page, too, and is no head of the page.
        header = {squeeze(line.text)} if heads_table(lines[at:]) else set()
        yield keys_of(line, page) - header
    yield from (keys_of(line, page) for line in lines[EDGE_LINES:][-EDGE_LINES:])


class _Scans:
    """Knows which pages are pictures, and has them looked at where that can be done."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._looked_at = 0
        self._not_read: list[int] = []
        self._has_text = False
        self._reader: Any = None

    def segments_of(self, page: Any, at: int) -> list[Segment]:
        try:
            found = segments_of(page)
            signs = sum(len(each.text) for each in found)
            if signs < LEAST_SIGNS and _is_drawn(page, has_text=signs > 0):
                found = self._look_at(page, at) or found
            self._has_text = self._has_text or bool(found)
            return found
        finally:
            page.close()

    def tell(self) -> None:
        """Note which pages were not read; raises UnreadableError where none was."""
        if not self._has_text:
            fault: Fault = "pictures" if self._not_read else "empty"
            raise UnreadableError(self._nothing(), fault)
        if self._not_read:
            shown = ", ".join(map(str, self._not_read[:10]))
            more = ", …" if len(self._not_read) > 10 else ""
            self._draft.note(f"pages that are pictures were not read: {shown}{more}")

    def _nothing(self) -> str:
        if not self._not_read:
            return "there is no text in the file: look at it where it comes from"
        if find_spec("rapidocr") is None:
            return (
                "there is no text on its pages, they are pictures: install the extra "
                "`ocr` (pip install 'whatsapp-llm-bot[ocr]') so that they can be read, "
                "or add a file with text"
            )
        return "no text was found in its pictures: add a file with text"

    def _look_at(self, page: Any, at: int) -> list[Segment]:
        may = self._looked_at < self._draft.limits.ocr_pages
        if not may or find_spec("rapidocr") is None:
            self._not_read.append(at + 1)
            return []
        self._looked_at += 1
        if self._reader is None:
            scans = import_module("bot.knowledge.reading.formats.pdf.scans")
            self._reader = scans.Scanner()
        found: list[Segment] = self._reader.segments_of(page)
        return found


def _is_drawn(page: Any, *, has_text: bool) -> bool:
    """Tell whether there is a picture on a page; without any text, or anything else."""
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE] if has_text else None
    return next(iter(page.get_objects(filter=kinds, max_depth=2)), None) is not None
