"""What WhatsApp takes, by its bytes, whatever it is called."""

import pytest

from bot.media.kinds import find_media_type
from bot.media.outgoing.kinds import (
    MEGABYTE,
    NotSendableError,
    check_file,
    find_kind,
)
from tests.bot.media.outgoing import files


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.JPEG, "image/jpeg"),
        (files.PNG, "image/png"),
        (files.WEBP, "image/webp"),
        (files.ogg(), "audio/ogg"),
        (files.MP3, "audio/mpeg"),
        (files.AMR, "audio/amr"),
        (files.mp4(), "video/mp4"),
        (files.mp4(b"3gp5"), "video/3gpp"),
        (files.PDF, "application/pdf"),
        (b"junk ahead\n" + files.PDF, "application/pdf"),
        (b"\xff\xf1\x50\x80" + bytes(40), "audio/aac"),
        (files.VCARD, "text/vcard"),
    ],
    ids=str,
)
def test_a_kind_is_known_by_its_bytes(content: bytes, media_type: str) -> None:
    found = find_kind(content, "page.html")
    assert found is not None
    assert found.media_type == media_type
    assert find_media_type(content, None) == media_type, "in or out, it is the same"


@pytest.mark.parametrize(
    "member", ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"]
)
def test_an_office_file_is_known_by_what_is_in_it(member: str) -> None:
    assert find_kind(files.office(member)) is not None
    assert find_kind(files.office(member, "word/vbaProject.bin")) is None


@pytest.mark.parametrize(
    "content",
    [
        files.SVG,
        files.HTML,
        files.DOC,
        files.ogg(b"\x01vorbis"),
        b"OggS",
        files.mp4(codec=b"hvc1"),
        files.mp4(b"qt  "),
        files.mp4(b"M4A "),
        files.mp4(b"heic"),
        b"#!AMR-WB\n" + bytes(40),
        files.office("readme.txt"),
        b"PK\x03\x04 cut off",
        b"GIF89a",
        b"MZ",
        b"plain words",
        b"",
    ],
    ids=range(16),
)
def test_what_whatsapp_does_not_take_is_refused(content: bytes) -> None:
    with pytest.raises(NotSendableError):
        check_file(content, "picture.jpg")


def test_an_old_office_file_is_believed_its_name() -> None:
    assert check_file(files.DOC, "Offer.DOC").media_type == "application/msword"


def test_each_kind_has_its_own_limit() -> None:
    large = files.PDF + bytes(6 * MEGABYTE)
    assert check_file(large).ending == ".pdf"
    with pytest.raises(NotSendableError, match="JPG up to 5 MB"):
        check_file(files.JPEG + bytes(5 * MEGABYTE))
    with pytest.raises(NotSendableError, match="WEBP up to 100 KB"):
        check_file(files.WEBP + bytes(100 * 1024))
    with pytest.raises(NotSendableError, match="PDF up to 16 MB"):
        check_file(files.PDF + bytes(16 * MEGABYTE))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Offer 2026.pdf", "Offer 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\a.exe", "a.pdf"),
        ('x"\r\nSet-Cookie: a.pdf', "x___Set-Cookie_ a.pdf"),
        ("gpj.\u202eexe", "gpj.pdf"),
        ("a\x00b.html", "a_b.pdf"),
        ("", "file.pdf"),
        ("..", "file.pdf"),
        ("\u00fcber.pdf", "\u00fcber.pdf"),
        ("n" * 200 + ".pdf", "n" * 76 + ".pdf"),
    ],
    ids=range(10),
)
def test_a_name_is_harmless_and_ends_as_its_kind(name: str, shown: str) -> None:
    assert check_file(files.PDF).named(name) == shown
