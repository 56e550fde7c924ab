"""Letters in a picture, recognised (the extra `ocr`)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapidocr import RapidOCR

LEAST_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """Some words, and where they stand, in dots from the picture's upper left."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


class Letters:
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

    def find_in(self, picture: Any) -> Iterator[Found]:
        """Yield what stands in a picture: rows of dots, as OpenCV has them."""
        seen: Any = self._engine(picture)
        if seen.boxes is None:
            return
        for text, box, score in zip(seen.txts, seen.boxes, seen.scores, strict=True):
            if score >= LEAST_SCORE:
                xs = [float(point[0]) for point in box]
                ys = [float(point[1]) for point in box]
                yield Found(text, min(xs), max(xs), min(ys), max(ys))
