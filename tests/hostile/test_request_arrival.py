"""From which byte on a request is given to a thread, which reads it without waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.patient_worker import LONGEST_HEAD, LONGEST_REQUEST, how_far
from tests.bot.whatsapp.twilio_calls import text_form
from tests.hostile.raw_http import build, chunked, post

MESSAGE = post(text_form("Hola \U0001f44b"))
QUESTION = build("GET", "/healthz").replace(b"Content-Length: 0\r\n", b"")


@pytest.mark.parametrize("request_", [MESSAGE, QUESTION], ids=["POST", "GET"])
def test_a_request_is_whole_at_its_last_byte(request_: bytes) -> None:
    beginnings = {how_far(request_[:end]) for end in range(len(request_))}
    assert beginnings == {"partial"}
    assert how_far(request_) == "whole"
    assert how_far(request_ + MESSAGE[:20]) == "whole"


@pytest.mark.parametrize(
    "request_",
    [
        post({}, headers=[("Transfer-Encoding", "chunked")], body=chunked(b"x")),
        post({}, headers=[("transfer-encoding \t", "x")]),
        post({}, headers=[("EXPECT", "100-continue")]),
        post({}, headers=[("Content-Length", str(LONGEST_REQUEST))]),
        post({}, headers=[("Content-Length", "9" * 40)]),
        post({}, headers=[("Content-Length", "5, 5")]),
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"x" * (LONGEST_HEAD + 1),
    ],
)
def test_whose_end_cannot_be_told_is_odd(request_: bytes) -> None:
    assert how_far(request_) == "odd"


@given(st.binary(max_size=200), st.integers(0, 99_999))
def test_any_bytes_and_any_length_are_told_apart(body: bytes, length: int) -> None:
    how_far(body)
    request = post({}, body=body, headers=[("Content-Length", f" {length}\t")])
    expected = "whole" if len(body) >= length else "partial"
    is_long = len(request) - len(body) + length > LONGEST_REQUEST
    assert how_far(request) == ("odd" if is_long else expected)
