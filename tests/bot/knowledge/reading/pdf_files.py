"""PDFs written by hand: text where it is put, in Helvetica; or a picture alone.

https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pypdfium2

WIDTH, HEIGHT = 595, 842


@dataclass(frozen=True)
class Put:
    """A text at a place, from the page's upper left, in points."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False

    def content(self) -> bytes:
        text = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font = "B" if self.bold else "F"
        place = f"1 0 0 1 {self.x} {HEIGHT - self.y} Tm"
        shown = f"BT /{font} {self.size} Tf {place} ({text}) Tj ET\n"
        return shown.encode("cp1252")


def lines(x: float, y: float, texts: Iterable[str], leading: float = 12) -> list[Put]:
    return [Put(x, y + leading * at, text) for at, text in enumerate(texts)]


def table(
    y: float, xs: Sequence[float], rows: Sequence[Sequence[str]], leading: float = 18
) -> list[Put]:
    return [
        Put(x, y + leading * at, cell)
        for at, row in enumerate(rows)
        for x, cell in zip(xs, row, strict=True)
        if cell
    ]


def pdf(*pages: Sequence[Put], encrypted: bool = False, rotated: int = 0) -> bytes:
    contents = [
        TURNED[rotated] + b"".join(put.content() for put in page) for page in pages
    ]
    fonts = b"/Font << /F %s /B %s >>" % (_font(b"Helvetica"), _font(b"Helvetica-Bold"))
    rotation = b"/Rotate %d" % rotated
    return _file([(each, fonts) for each in contents], [], rotation, encrypted)


def scanned(content: bytes) -> bytes:
    """A PDF's first page as a scanner sees it: one picture."""
    with pypdfium2.PdfDocument(content) as document:
        bitmap = document[0].render(scale=2, grayscale=True)
        width, height = bitmap.width, bitmap.height
        dots, stride = bytes(bitmap.buffer), bitmap.stride
    picture = b"".join(dots[at * stride :][:width] for at in range(height))
    packed = zlib.compress(picture)
    image = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8"
        b" /ColorSpace /DeviceGray /Filter /FlateDecode /Length %d >>\nstream\n%s\n"
        b"endstream"
    ) % (width, height, len(packed), packed)
    content = b"%d 0 0 %d 0 0 cm /I Do" % (WIDTH, HEIGHT)
    return _file([(content, b"/XObject << /I 3 0 R >>")], [image], b"", False)


def _font(name: bytes) -> bytes:
    how = b"/Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding"
    return b"<< %s /BaseFont /%s >>" % (how, name)


def _file(
    pages: list[tuple[bytes, bytes]], more: list[bytes], how: bytes, encrypted: bool
) -> bytes:
    first = 3 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * at) for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        *more,
    ]
    for content, resources in pages:
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] %s /Resources << %s >>"
            b" /Contents %d 0 R >>" % (WIDTH, HEIGHT, how, resources, len(objects) + 2),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    return _written(objects, LOCKED if encrypted else b"")


# A password that nobody knows, not even this file.
LOCKED = (
    b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >>"
) % (b"o" * 32, b"u" * 32)
# What is drawn so looks upright on a page that is turned by so many degrees.
TURNED = {
    0: b"",
    90: b"0 1 -1 0 %d 0 cm\n" % WIDTH,
    180: b"-1 0 0 -1 %d %d cm\n" % (WIDTH, HEIGHT),
    270: b"0 -1 1 0 0 %d cm\n" % HEIGHT,
}


def _written(objects: list[bytes], trailer: bytes) -> bytes:
    file = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    file += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (size, trailer)
    return file + b"startxref\n%d\n%%%%EOF\n" % start
