"""Addresses of ours: signed, and over after an hour."""

from urllib.parse import urlsplit

import pytest

from bot.media.outgoing.addresses import LIFETIME_SECONDS, MediaAddresses
from bot.media.outgoing.refs import FileRef, StoredRef, read_ref

REF = StoredRef("ab" * 32)
NOW = 1_800_000_000.0


def signed_by(*secrets: str, now: float = NOW) -> MediaAddresses:
    return MediaAddresses(secrets, "https://bot.example", lambda: now)


def token_of(address: str) -> str:
    return urlsplit(address).path.split("/")[2]


def test_an_address_names_what_was_signed() -> None:
    address = signed_by("secret").sign(REF, "\u00dcber uns.pdf")
    assert address.startswith("https://bot.example/media/")
    assert address.endswith("/%C3%9Cber%20uns.pdf")
    assert signed_by("secret").read(token_of(address)) == REF
    assert "secret" not in repr(signed_by("secret"))


def test_it_holds_for_an_hour() -> None:
    token = token_of(signed_by("secret").sign(REF, "a.pdf"))
    assert signed_by("secret", now=NOW + LIFETIME_SECONDS).read(token) == REF
    assert signed_by("secret", now=NOW + LIFETIME_SECONDS + 1).read(token) is None


def test_a_rotation_breaks_no_address() -> None:
    token = token_of(signed_by("old", "new").sign(REF, "a.pdf"))
    assert signed_by("new", "old").read(token) == REF
    assert signed_by("new").read(token) is None


def test_nothing_else_is_believed() -> None:
    token = token_of(signed_by("secret").sign(FileRef("a.pdf"), "a.pdf"))
    ours = signed_by("secret")
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        assert ours.read(token[:at] + other + token[at + 1 :]) is None
    for wrong in ("", "A", token[:-1], token + "A", token + "=", "\u00e9", token * 50):
        assert ours.read(wrong) is None


@pytest.mark.parametrize(
    "text",
    [
        "stored:" + "ab" * 32,
        "file:menu.pdf",
    ],
    ids=range(2),
)
def test_a_ref_is_read_as_it_is_written(text: str) -> None:
    assert str(read_ref(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/1.png", "stored:abc", "stored:" + "AB" * 32, "file:",
        "file:../a", "file:a/b", "file:/etc/passwd", "file:.hidden", "file:a\0b",
        "file:a\\b", "file:" + "a" * 90, "stored:" + "ab" * 32 + "/a.pdf", "name:a.pdf",
    ],
    ids=range(13),
)  # fmt: skip
def test_what_names_nothing_of_ours_is_none(text: str) -> None:
    assert read_ref(text) is None
