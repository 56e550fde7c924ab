"""What a picture is, by its first bytes: nothing is decoded, whatever it claims."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

# A phone's camera has 50 million; more is a mistake, or meant to fill the memory.
MOST_PIXELS = 60_000_000
# Markers of a JPEG that tell its size: all SOFn, without DHT, JPG and DAC.
# https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.1.1.3
SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset(range(0xD0, 0xD9)) | {0x01}
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's type, its size in pixels, and whether it moves."""

    media_type: str
    width: int
    height: int
    moves: bool = False

    @property
    def is_too_large(self) -> bool:
        """Whether decoding it would take too much memory."""
        return self.width * self.height > MOST_PIXELS


def find_picture(content: bytes) -> Picture | None:
    """Return what a picture says of itself; None for what is none, or is cut off."""
    for mark, read in READERS.items():
        if content.startswith(mark):
            try:
                return read(content)
            except (struct.error, IndexError):
                return None
    return None


def is_heif(content: bytes) -> bool:
    """Tell whether it is a picture of the family of HEIC."""
    return content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS


def _read_png(content: bytes) -> Picture:
    width, height = struct.unpack_from(">II", content, 16)
    moves = b"acTL" in content[:4096]
    return Picture("image/png", width, height, moves)


def _read_gif(content: bytes) -> Picture:
    width, height = struct.unpack_from("<HH", content, 6)
    # Each frame but the only one has its own block of control.
    moves = content.count(b"\x21\xf9\x04") > 1
    return Picture("image/gif", width, height, moves)


def _read_jpeg(content: bytes) -> Picture | None:
    at = 2
    while at < len(content):
        while content[at] != 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == 0xFF or marker in BARE:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker in SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return Picture("image/jpeg", width, height)
        at += 2 + max(length, 2)
    return None


def _read_riff(content: bytes) -> Picture | None:
    # https://developers.google.com/speed/webp/docs/riff_container
    if content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
        return Picture("image/webp", width, height, bool(content[20] & 2))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, 26)
    return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)


READERS: dict[bytes, Callable[[bytes], Picture | None]] = {
    b"\xff\xd8\xff": _read_jpeg,
    b"\x89PNG\r\n\x1a\n": _read_png,
    b"GIF8": _read_gif,
    b"RIFF": _read_riff,
}
