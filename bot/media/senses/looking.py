"""The child that reads what stands in one picture, and may do nothing else.

On stdout: a line of JSON with the `text`, empty where there are no letters; or with an
`error`, a sentence for operators.
"""

import json
import os
import sys
from io import BytesIO
from typing import Any

from bot.knowledge.reading.child import read_asked
from bot.knowledge.reading.confinement import give_up_all

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# What letters need to be read; more takes time alone.
MOST_DOTS = 4_000_000
DAMAGED = "the picture is damaged"


def main() -> None:
    """Read what stands in the picture that stdin holds, and tell it on stdout."""
    asked, content, limits = read_asked()
    give_up_all(limits, limits.memory)
    try:
        told = _look(content, int(asked["pixels"]))
    except MemoryError:
        told = {"error": "looking at the picture takes too much memory"}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # libraries may take their time to tidy up


def _look(content: bytes, most_pixels: int) -> dict[str, Any]:
    try:
        dots = _decode(content, most_pixels)
    except (OSError, ValueError, SyntaxError):  # what Pillow says of damaged ones
        return {"error": DAMAGED}
    from bot.knowledge.reading.formats.letters import Letters  # noqa: PLC0415 (extra)
    from bot.knowledge.reading.formats.pdf.layout import zones_of  # noqa: PLC0415
    from bot.knowledge.reading.formats.pdf.scans import segment_of  # noqa: PLC0415

    height = float(dots.shape[0])
    found = [segment_of(one, 1.0, height) for one in Letters().find_in(dots)]
    zones = ("\n".join(line.text for line in lines) for lines in zones_of(found))
    return {"text": "\n\n".join(zones)}


def _decode(content: bytes, most_pixels: int) -> Any:
    """Return the first frame as rows of dots, upright, no larger than is needed."""
    import numpy as np  # noqa: PLC0415 (the extra brings them)
    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = most_pixels // 2  # at twice of it Pillow refuses
    picture = Image.open(BytesIO(content), formats=FORMATS)
    scale = (MOST_DOTS / max(picture.width * picture.height, 1)) ** 0.5
    if scale < 1:
        size = (int(picture.width * scale), int(picture.height * scale))
        picture.draft("RGB", size)  # a JPEG is decoded to about that at once
        picture.thumbnail(size)
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGBA", upright.size, "white")  # behind what is transparent
    paper.alpha_composite(upright)
    return np.asarray(paper.convert("RGB"))[:, :, ::-1]


if __name__ == "__main__":
    main()
