"""From which byte on a request is given to a thread, which reads it without waiting."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.arrival import LONGEST_HEAD, LONGEST_REQUEST, Arrival, HowFar
from tests.bot.whatsapp.twilio_calls import text_form
from tests.hostile.raw_http import build, chunked, post

MESSAGE = post(text_form("Hola \U0001f44b"))
QUESTION = build("GET", "/healthz").replace(b"Content-Length: 0\r\n", b"")


def how_far(request: bytes) -> HowFar:
    return Arrival(bytearray(request)).how_far()


class Counted(bytearray):
    """Bytes that count how often they are searched, and from where on."""

    searched_from: list[int]

    def find(self, wanted: Any, start: Any = 0, *end: Any) -> int:
        self.searched_from.append(start)
        return super().find(wanted, start, *end)


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


def test_however_finely_it_drips_no_byte_is_looked_at_twice() -> None:
    arrival = Arrival(Counted())
    assert isinstance(arrival.data, Counted)
    arrival.data.searched_from = []
    states = []
    for byte in MESSAGE:
        arrival.data.append(byte)
        states.append(arrival.how_far())
    assert states == ["partial"] * (len(MESSAGE) - 1) + ["whole"]
    length_of_head = MESSAGE.index(b"\r\n\r\n") + 4
    assert len(arrival.data.searched_from) == length_of_head  # not in the body
    behind = [n - start for n, start in enumerate(arrival.data.searched_from)]
    assert max(behind) <= 3


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a: b", b"x"]), max_size=12))
def test_in_pieces_it_is_what_it_is_as_a_whole(pieces: list[bytes]) -> None:
    arrival = Arrival()
    for piece in pieces:
        arrival.data += piece
        so_far = arrival.how_far()
        assert so_far == how_far(bytes(arrival.data))
        if so_far != "partial":
            return
