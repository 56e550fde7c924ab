"""Pages that are pictures: their letters are recognised (the extra `ocr`)."""

from typing import Any

from bot.knowledge.reading.formats.letters import Found, Letters
from bot.knowledge.reading.formats.pdf.segments import Segment

POINTS_PER_INCH = 72
DOTS_PER_INCH = 200
MOST_DOTS = 6_000_000


class Scanner:
    """Recognises the letters of pages."""

    def __init__(self) -> None:
        self._letters = Letters()

    def segments_of(self, page: Any) -> list[Segment]:
        """Return what stands on a page that is a picture."""
        width, height = page.get_size()
        scale = DOTS_PER_INCH / POINTS_PER_INCH
        scale = min(scale, (MOST_DOTS / max(width * height, 1)) ** 0.5)
        found = self._letters.find_in(page.render(scale=scale).to_numpy())
        return [segment_of(one, scale, height) for one in found]


def segment_of(found: Found, scale: float, height: float) -> Segment:
    """Return it as a PDF counts: from the lower left, `scale` dots a point."""
    return Segment(
        text=found.text,
        left=found.left / scale,
        right=found.right / scale,
        y=height - found.bottom / scale,
        height=(found.bottom - found.top) / scale,
    )
