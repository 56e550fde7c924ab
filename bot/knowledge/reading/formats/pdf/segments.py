"""The text of a PDF's page as segments: what stands side by side without a gap."""

import ctypes
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

# In heights of a line: how far apart two signs of one word, and of one segment, are.
WORD_GAP = 0.16
SEGMENT_GAP = 1.0
SAME_LINE = 0.3
BOLD_WEIGHT = 600
# Of one page; a page of a newspaper has about 30,000.
MOST_SIGNS = 200_000
# What pdfium has in place of a hyphen at the end of a line.
HYPHEN = "\x02"
LONGEST_FONT_NAME = 200


@dataclass(slots=True)
class Segment:
    """A piece of a line. Points, from the page's lower left; `y` is where it stands."""

    text: str
    left: float
    right: float
    y: float
    height: float
    is_bold: bool = False


def segments_of(page: Any) -> list[Segment]:
    """Return what stands on a page, in the order in which the file has it."""
    textpage = page.get_textpage()
    try:
        found = _segments(textpage.raw, page.get_rotation())
    finally:
        textpage.close()
    return [each for each in found if each.text.strip()]


def _segments(textpage: Any, rotation: int) -> list[Segment]:
    found: list[Segment] = []
    place = _Place(textpage, rotation)
    blank = False
    for at in range(min(pdfium.FPDFText_CountChars(textpage), MOST_SIGNS)):
        sign = chr(pdfium.FPDFText_GetUnicode(textpage, at) & 0x1FFFFF)
        if sign.isspace():
            blank = True
            continue
        new = place.of(sign, at)
        if found and _continues(found[-1], new):
            _append(found[-1], new, blank=blank)
        else:
            new.is_bold = _is_bold(textpage, at)
            found.append(new)
        blank = False
    return found


class _Place:
    """Tells where signs stand on a page that may be stored lying on its side."""

    def __init__(self, textpage: Any, rotation: int) -> None:
        self._textpage = textpage
        self._rotation = rotation
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._box = pdfium.FS_RECTF()

    def of(self, sign: str, at: int) -> Segment:
        x, y, box = self._x, self._y, self._box
        pdfium.FPDFText_GetCharOrigin(self._textpage, at, x, y)
        pdfium.FPDFText_GetLooseCharBox(self._textpage, at, box)
        if self._rotation == 90:
            return Segment(sign, box.bottom, box.top, -x.value, box.right - box.left)
        if self._rotation == 180:
            return Segment(sign, -box.right, -box.left, -y.value, box.top - box.bottom)
        if self._rotation == 270:
            return Segment(sign, -box.top, -box.bottom, x.value, box.right - box.left)
        return Segment(sign, box.left, box.right, y.value, box.top - box.bottom)


def _continues(old: Segment, new: Segment) -> bool:
    """Tell whether a sign belongs to the segment: to its right, or left as Arabic."""
    height = max(old.height, new.height)
    if abs(old.y - new.y) > SAME_LINE * height:
        return False
    after, before = new.left - old.right, old.left - new.right
    return -height < after <= SEGMENT_GAP * height or (
        0 <= before + SAME_LINE * height <= SEGMENT_GAP * height
    )


def _append(old: Segment, new: Segment, *, blank: bool) -> None:
    gap = max(new.left - old.right, old.left - new.right)
    if blank or gap > WORD_GAP * max(old.height, new.height):
        old.text += " "
    old.text += new.text
    old.left, old.right = min(old.left, new.left), max(old.right, new.right)
    old.height = max(old.height, new.height)


def _is_bold(textpage: Any, at: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(textpage, at) >= BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(LONGEST_FONT_NAME)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(textpage, at, name, LONGEST_FONT_NAME, flags)
    return b"bold" in name.value.lower() or b"black" in name.value.lower()
