"""A connection that is closed after an answer: the answer says so."""

from typing import BinaryIO

import pytest

from tests.bot.whatsapp.twilio_calls import text_form
from tests.hostile.conftest import Target
from tests.hostile.hostile import FORM
from tests.hostile.raw_http import build, chunked, connect, post

MOST = 100_000
AGAIN = build("GET", "/healthz", closes=False)
REQUESTS = {
    "more than we take": post(FORM | {"Body": "x" * 200_000}, closes=False),
    "more than comes": post(
        FORM, headers=[("Content-Length", "999999")], closes=False
    ),
    "a length that is none": post(
        FORM, headers=[("Content-Length", "5, 5")], closes=False
    ),
    "chunks": post(
        FORM, headers=[("Transfer-Encoding", "chunked")], body=chunked(b"x"),
        closes=False,
    ),
    "chunks that are none": post(
        FORM, headers=[("Transfer-Encoding", "chunked")], body=b"what\r\n",
        closes=False,
    ),
    "a coding that nobody knows": post(
        FORM, headers=[("Transfer-Encoding", "x")], closes=False
    ),
    "a head too long": build("GET", "/" + "x" * 20_000, closes=False),
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "a large message": post(text_form("y" * 60_000), closes=False),
    "a little too much": post(FORM | {"Body": "x" * 70_000}, closes=False),
    "nothing wrong": AGAIN,
    "a forged one": post(FORM, signature="forged", closes=False),
}  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_what_is_closed_is_said_to_be_and_what_is_not_goes_on(
    target: Target, request_: bytes
) -> None:
    with connect(target.web.port) as client, client.makefile("rb") as answers:
        client.sendall(request_)
        if b"\r\nConnection: close\r\n" in (head := read_head(answers)):
            assert answers.read(MOST).count(b"HTTP/1.1") == 0
            return
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        answers.read(length)
        client.sendall(AGAIN)
        assert read_head(answers).startswith(b"HTTP/1.1 200 ")


def read_head(answers: BinaryIO) -> bytes:
    lines = [answers.readline()]
    while lines[-1] not in {b"\r\n", b""}:
        lines.append(answers.readline())
    return b"".join(lines)
