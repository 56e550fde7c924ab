"""Pages that are pictures: their letters are recognised (the extra `ocr`)."""

import logging
from typing import Any

from rapidocr import RapidOCR

from bot.knowledge.reading.formats.pdf.segments import Segment

POINTS_PER_INCH = 72
DOTS_PER_INCH = 200
MOST_DOTS = 6_000_000
LEAST_SCORE = 0.5


class Scanner:
    """Recognises letters; its models come with the package, nothing is loaded."""

    def __init__(self) -> None:
        logging.disable(logging.CRITICAL)
        self._engine = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,  # pages lie as they are shown
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def segments_of(self, page: Any) -> list[Segment]:
        """Return what stands on a page that is a picture."""
        width, height = page.get_size()
        scale = DOTS_PER_INCH / POINTS_PER_INCH
        scale = min(scale, (MOST_DOTS / max(width * height, 1)) ** 0.5)
        bitmap = page.render(scale=scale)
        found: Any = self._engine(bitmap.to_numpy())
        if found.boxes is None:
            return []
        return [
            _segment(text, box, scale, height)
            for text, box, score in zip(
                found.txts, found.boxes, found.scores, strict=True
            )
            if score >= LEAST_SCORE
        ]


def _segment(text: str, box: Any, scale: float, height: float) -> Segment:
    xs = [float(point[0]) / scale for point in box]
    ys = [float(point[1]) / scale for point in box]
    return Segment(
        text=text,
        left=min(xs),
        right=max(xs),
        y=height - max(ys),
        height=max(ys) - min(ys),
    )
