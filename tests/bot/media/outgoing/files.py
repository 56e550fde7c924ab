"""Small files of the kinds that WhatsApp takes, and some that it does not."""

import zipfile
from io import BytesIO

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 40
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 40
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"w" * 20
PDF = b"%PDF-1.7\n" + b"d" * 40
MP3 = b"ID3\x04" + b"m" * 40
AMR = b"#!AMR\n" + b"a" * 40
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"o" * 40
VCARD = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def ogg(codec: bytes = b"OpusHead") -> bytes:
    """Return the first page of an OGG stream, as RFC 3533 has it, and some more."""
    head = codec + bytes([1, 1, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0])
    page = b"OggS\0\x02" + bytes(20) + bytes([1, len(head)]) + head
    return page + b"OggS" + bytes(60)


def mp4(brand: bytes = b"isom", codec: bytes = b"avc1") -> bytes:
    """Return a film's boxes: the kind, bytes of pictures, what they are written in."""
    return (
        _box(b"ftyp", brand + bytes(4))
        + _box(b"mdat", b"hvc1" * 10)
        + _box(b"moov", b"stsd" + codec)
    )


def office(*members: str) -> bytes:
    """Return an archive with members of these names."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member in ("[Content_Types].xml", *members):
            archive.writestr(member, "x")
    return made.getvalue()


def _box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content
