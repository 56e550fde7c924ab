"""Bodies that are no form, or too much of one."""

import gzip

import pytest

from tests.bot.whatsapp.twilio_calls import INBOUND
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.hostile import (
    BODY,
    FORM,
    Hostile,
    is_refused,
    message,
    sent_as,
    sent_to,
    with_body,
    with_headers,
)
from tests.hostile.raw_http import FORM_TYPE, build, chunked, post

PACKED = ("Content-Encoding", "gzip")
IN_CHUNKS = ("Transfer-Encoding", "chunked")
MULTIPART = "multipart/form-data; boundary=b"
PART = (
    b'--b\r\nContent-Disposition: form-data; name="Body"; filename="../planted"\r\n'
    b"\r\nplanted\r\n"
)
IN_UTF_16 = BODY.decode().encode("utf-16")
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;planted</x>'

ENCODINGS = [
    Hostile("bytes that are no UTF-8", with_body(b"Body=%ff%fe&" + BODY), 403),
    Hostile("an overlong slash", with_body(b"Body=%c0%af&" + BODY), 403),
    Hostile("half a surrogate pair", with_body(b"Body=%ed%a0%80&" + BODY), 403),
    Hostile("raw bytes", with_body(bytes(range(256))), 403),
    Hostile("in UTF-16", sent_as(f"{FORM_TYPE}; charset=utf-16", IN_UTF_16), 403),
    Hostile("of unknown characters", sent_as("text/plain; charset=planted"), 403),
    Hostile("packed", with_body(gzip.compress(BODY), PACKED), 403),
    Hostile("10 MB, packed", with_body(gzip.compress(bytes(10**7)), PACKED), 403),
    Hostile("JSON", sent_as("application/json", b'{"Body": "planted"}'), 403),
    Hostile("JSON, deep", sent_as("application/json", b"[" * 60_000), 403),
    Hostile("XML", sent_as("text/xml", XXE), 403),
    Hostile("a file", sent_as(MULTIPART, PART + b"--b--\r\n"), 403),
    Hostile("a file that never ends", sent_as(MULTIPART, PART), 403),
    Hostile("parts without a boundary", sent_as("multipart/form-data", PART), 403),
    Hostile("no type", sent_as(""), 403),
    Hostile("a type that is none", sent_as(";;=,\u00e9 planted"), 403),
    Hostile("separators only", with_body(b"&=&&==&;%"), 403),
]

SIZES = [
    Hostile("no byte", with_body(b""), 403),
    Hostile("a byte less than announced", post(FORM, body=BODY[:-1]), 403),
    Hostile("100 KB", message(Body="x" * 100_000), 413),
    Hostile("a name of 60 KB", with_body(b"n" * 60_000 + b"=1"), 403),
    Hostile("a name of 100 KB", with_body(b"n" * 100_000 + b"=1"), 413),
    Hostile("10,000 fields", with_body(b"a=1&" * 10_000), 403),
    Hostile(
        "12,000 names", with_body(b"&".join(b"%x" % i for i in range(12_000))), 403
    ),
    Hostile("1,000 files", sent_as(MULTIPART, PART * 1000), 413),
    Hostile("500 files", sent_as(MULTIPART, PART * 500 + b"--b--\r\n"), 403),
    Hostile("10 MB that don't come", with_headers(("Content-Length", "9" * 7)), 413),
    Hostile("no number of bytes", with_headers(("Content-Length", "9" * 40)), 413),
    Hostile("100 KB in chunks", with_body(chunked(b"x" * 100_000), IN_CHUNKS), 403),
    Hostile("a path of 5 KB", build("GET", "/" + PLANTED * 700), 414),
    Hostile("a query of 5 KB", sent_to(f"{INBOUND}?{PLANTED * 700}"), 414),
    Hostile("a header of 9 KB", with_headers(("X-Long", PLANTED * 1300)), 431),
    Hostile("a header's name of 9 KB", with_headers(("X" * 9000, PLANTED)), 431),
    Hostile(
        "200 headers", with_headers(*[(f"X-{i}", PLANTED) for i in range(200)]), 431
    ),
]


@pytest.mark.parametrize("hostile", [*ENCODINGS, *SIZES], ids=lambda h: h.says)
def test_a_body_that_is_no_form_is_refused(target: Target, hostile: Hostile) -> None:
    is_refused(target, hostile)
