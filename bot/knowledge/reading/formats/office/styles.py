"""What the styles of a Word document make of a paragraph."""

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

VAL = qn("w:val")
# In the file they have their English names, whatever the language of the program.
HEADING = re.compile(r"heading (\d)")
MOST_ABOVE = 10
NO_OUTLINE = 9


@dataclass(frozen=True, slots=True)
class Style:
    """`level`: of a heading, else None. `is_contents`: of the table of contents."""

    level: int | None = None
    is_item: bool = False
    is_title: bool = False
    is_contents: bool = False


class Styles:
    """Knows what a document's paragraphs are by their styles."""

    def __init__(self, element: Any) -> None:
        self._elements = {
            style.get(qn("w:styleId")): style for style in element.iter(qn("w:style"))
        }

    def of(self, paragraph: Any) -> Style:
        """Return what a paragraph is."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return Style()
        names, outline = [], _outline(properties)
        numbered = properties.find(qn("w:numPr")) is not None
        style = properties.find(qn("w:pStyle"))
        for element in self._above(style.get(VAL) if style is not None else None):
            name = element.find(qn("w:name"))
            names.append("" if name is None else name.get(VAL, "").lower())
            inner = element.find(qn("w:pPr"))
            if outline is None and inner is not None:
                outline = _outline(inner)
        level = _level(names) or (None if outline is None else outline + 1)
        is_list = any(name.startswith("list") for name in names)
        return Style(
            level=1 if "title" in names else level,
            is_item=level is None and (numbered or is_list),
            is_title="title" in names,
            is_contents=any(name.startswith("toc ") for name in names),
        )

    def _above(self, name: str | None) -> list[Any]:
        """Return a style's element, then those that it is based on."""
        found: list[Any] = []
        while name in self._elements and len(found) < MOST_ABOVE:
            found.append(self._elements[name])
            base = found[-1].find(qn("w:basedOn"))
            name = None if base is None else base.get(VAL)
        return found


def _level(names: list[str]) -> int | None:
    headings = (HEADING.fullmatch(name) for name in names)
    return next((int(found[1]) for found in headings if found), None)


def _outline(properties: Any) -> int | None:
    found = properties.find(qn("w:outlineLvl"))
    told = found.get(VAL, "") if found is not None else ""
    return int(told) if told.isdecimal() and int(told[:3]) < NO_OUTLINE else None
