"""What a thing is, by its bytes; what it was sent as counts where these say nothing."""

import io
import zipfile

import pytest

from bot.media.kinds import UNKNOWN, find_media_type, kind_of


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (b"OggS\0\2 OpusHead", "image/jpeg", "audio/ogg"),
        (b"ID3\4\0", None, "audio/mpeg"),
        (b"\xff\xfb\x90\x64", None, "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac", "audio/aac"),
        (b"\0\0\0\x20ftypM4A \0", "video/mp4", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0", "audio/mp4; codecs=x", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0", "image/png", "video/mp4"),
        (b"\x1aE\xdf\xa3webm", "audio/webm", "audio/webm"),
        (b"#!AMR\n", None, "audio/amr"),
        (b"RIFF\1\1\1\1WAVEfmt ", "audio/mpeg", "audio/wav"),
        (b"RIFF\1\1\1\1WEBPVP8 ", "image/jpeg", "image/webp"),
        (b"\xff\xd8\xff\xe0", "application/pdf", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", None, "image/png"),
        (b"GIF89a", None, "image/gif"),
        (b"%PDF-1.7", "image/jpeg", "application/pdf"),
        (archive("a.txt"), "application/pdf", "application/zip"),
        (archive("word/document.xml"), None, f"{OFFICE}.wordprocessingml.document"),
        (archive("xl/workbook.xml"), "text/plain", f"{OFFICE}.spreadsheetml.sheet"),
        (b"PK\3\4 cut off", "application/pdf", "application/zip"),
        (b"\xef\xbb\xbfBEGIN:VCARD\r\n", "text/plain", "text/vcard"),
        (b"Rye 3.20", "text/csv", "text/csv"),
        (b"Rye 3.20", "image/png", "text/plain"),
        (b"<script>", "audio/ogg", "text/plain"),
        (b"\0\1\2\3", "image/png", UNKNOWN),
        (b"\0\1\2\3", "application/pdf", UNKNOWN),
        (b"\0\1\2\3", "text/plain", UNKNOWN),
        (b"\0\1\2\3", "audio/x-unheard", "audio/x-unheard"),
        (b"\0\1\2\3", "a b", UNKNOWN),
        (b"\0\1\2\3", "unknown", UNKNOWN),
    ],
)  # fmt: skip
def test_bytes_say_what_they_are(
    content: bytes, declared: str | None, found: str
) -> None:
    assert find_media_type(content, declared) == found


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("audio/ogg; codecs=opus", "audio"),
        ("image/webp", "image"),
        ("text/vcard", "contact"),
        ("text/csv", "document"),
        ("application/pdf", "document"),
        ("location", "location"),
        ("chemical/x-pdb", "unknown"),
        ("", "unknown"),
    ],
)
def test_kinds(media_type: str, kind: str) -> None:
    assert kind_of(media_type) == kind
