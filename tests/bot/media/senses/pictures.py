"""Pictures for the tests: as small as they get, and drawn with words."""

import io
import struct
import zlib


def png(width: int = 1, height: int = 1) -> bytes:
    """Return a white picture; a large one is a bomb: few bytes, many pixels."""
    rows = zlib.compressobj(9)
    row = b"\0" + b"\xff" * width
    data = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", data), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def drawn(*lines: str, kind: str = "JPEG", large: bool = False) -> bytes:
    """Return a picture with lines of text, drawn by Pillow (the extra `ocr` has it)."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    picture = Image.new("RGB", (700, 120 * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for at, line in enumerate(lines):
        font = ImageFont.load_default(44)
        pen.text((40, 30 + 120 * at), line, fill="black", font=font)
    if large:
        picture = picture.resize((picture.width * 5, picture.height * 5))
    made = io.BytesIO()
    picture.save(made, kind)
    return made.getvalue()
