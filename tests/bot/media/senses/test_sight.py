"""Pictures are shown, read for their words, or refused for what they are."""

import pytest

from bot.media.protocol import NotSensedError, Sensed
from bot.media.senses.children import Children
from bot.media.senses.extras import can_read_here
from bot.media.senses.headers import MOST_PIXELS, Picture, find_picture
from bot.media.senses.sight import (
    MOST_BYTES_SHOWN,
    Looking,
    Sight,
)
from tests.bot.media.senses.pictures import drawn, png

GIF = b"GIF89a\x02\x00\x01\x00\x80\0\0" + b"\0" * 6
MOVES = GIF + 2 * b"\x21\xf9\x04\x04\0\0\0\0"
JPEG = (
    b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xff\xc4\0\x04\0\0\xff\xc2\0\x0b\x08\0\x03\0\x07\1"
)
WEBP = b"RIFF\0\0\0\0WEBP"
EXTENDED = WEBP + b"VP8X\x0a\0\0\0\x02\0\0\0" + b"\xff\x01\0" + b"\x7f\0\0"
LOSSLESS = WEBP + b"VP8L\x0a\0\0\0\x2f" + (511 | 255 << 14).to_bytes(4, "little")
LOSSY = WEBP + b"VP8 \x0a\0\0\0" + b"\0\0\0\x9d\x01\x2a" + b"\x10\0\x20\0"


@pytest.fixture
def reader() -> Looking:
    if not can_read_here():
        pytest.skip("the extra `ocr` is not installed")
    return Looking(Sight(), Children())


@pytest.mark.parametrize(
    ("content", "picture"),
    [
        (png(3, 2), Picture("image/png", 3, 2)),
        (GIF, Picture("image/gif", 2, 1)),
        (MOVES, Picture("image/gif", 2, 1, moves=True)),
        (JPEG, Picture("image/jpeg", 7, 3)),
        (EXTENDED, Picture("image/webp", 512, 128, moves=True)),
        (LOSSLESS, Picture("image/webp", 512, 256)),
        (LOSSY, Picture("image/webp", 16, 32)),
        (JPEG[:-4], None),
        (JPEG[:12], None),
        (png()[:20], None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"BM", None),
        (b"", None),
    ],
    ids=lambda found: "" if isinstance(found, bytes) else None,
)
def test_a_picture_is_what_its_bytes_say(
    content: bytes, picture: Picture | None
) -> None:
    assert find_picture(content) == picture


def test_a_model_that_sees_needs_nothing_read() -> None:
    looking = Looking(Sight(sees=True), None)
    assert looking.sense(png(), "image/png", None, 5) == Sensed()


@pytest.mark.parametrize(
    "content",
    [MOVES, png() + b"\0" * MOST_BYTES_SHOWN],
    ids=["moves", "large"],
)
def test_what_servers_do_not_take_is_not_for_a_model_s_eyes(content: bytes) -> None:
    with pytest.raises(NotSensedError, match="extra `ocr`") as caught:
        Looking(Sight(sees=True), None).sense(content, "image/png", None, 5)
    assert caught.value.is_beyond_us


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"II*\0 a TIFF", "no JPEG, PNG, WebP or GIF"),
        (png(1, 1)[:16] + (10**4).to_bytes(4, "big") * 2 + b"\0" * 9, "million pixels"),
    ],
    ids=["heic", "tiff", "bomb"],
)
def test_what_is_refused_says_why(content: bytes, why: str) -> None:
    for sees in (True, False):
        with pytest.raises(NotSensedError, match=why) as caught:
            Looking(Sight(sees=sees), None).sense(content, "image/jpeg", None, 5)
        assert not caught.value.is_beyond_us


def test_words_are_read_from_a_real_picture(reader: Looking) -> None:
    photo = drawn("INVOICE 4711", "Rye bread  4.20 EUR", large=True)
    sensed = reader.sense(photo, "image/jpeg", None, 120)
    assert sensed.text_by == "rapidocr"
    assert "INVOICE 4711" in (sensed.text or "")
    assert "4.20 EUR" in (sensed.text or "").split("\n")[1]


def test_a_picture_without_words_says_nothing_and_a_damaged_one_why(
    reader: Looking,
) -> None:
    assert reader.sense(png(60, 60), "image/png", None, 120).text is None
    with pytest.raises(NotSensedError, match="damaged"):
        reader.sense(drawn("Hello")[:3000], "image/jpeg", None, 120)


def test_a_sticker_is_not_read(reader: Looking) -> None:
    assert reader.sense(LOSSY, "image/webp", None, 120) == Sensed()


def test_a_bomb_that_lies_about_its_size_does_no_harm(reader: Looking) -> None:
    side = int(MOST_PIXELS**0.5) + 2000
    bomb = bytearray(png(64, side))
    bomb[16:20] = side.to_bytes(4, "big")  # and no such rows
    with pytest.raises(NotSensedError):
        reader.sense(bytes(bomb), "image/png", None, 120)
