"""Requests that two readers could take for different ones, or for none."""

from pathlib import Path

import pytest

from tests.bot.whatsapp.twilio_calls import INBOUND, text_form
from tests.hostile.conftest import Target
from tests.hostile.hostile import BODY, Hostile, is_refused, with_body, with_headers
from tests.hostile.processes import WebProcess
from tests.hostile.raw_http import (
    build,
    chunked,
    connect,
    post,
    read_answer,
    read_answers,
)

CHUNKED = ("Transfer-Encoding", "chunked")
PLAIN = build("GET", "/healthz")


def in_chunks(body: bytes) -> bytes:
    return with_body(body, CHUNKED)


def coded(*codings: str) -> bytes:
    return with_body(chunked(BODY), *(("Transfer-Encoding", c) for c in codings))


def long(*lengths: str) -> bytes:
    return with_headers(*(("Content-Length", length) for length in lengths))


FRAMING = [
    Hostile(
        "a length and chunks",
        with_body(chunked(BODY), ("Content-Length", "5"), CHUNKED),
        400,
    ),
    Hostile("chunks, and more after them", coded("chunked, planted"), 501),
    Hostile("chunks in disguise", coded("xchunked"), 501),
    Hostile("chunks twice", coded("chunked", "chunked"), 400),
    Hostile("packed chunks that are none", coded("gzip"), 400),
    Hostile("a chunk of no size", in_chunks(b"planted\r\n\r\n"), 400),
    Hostile("a chunk of negative size", in_chunks(b"-5\r\nhello\r\n0\r\n\r\n"), 400),
    Hostile("a chunk without an end", in_chunks(b"5\r\nplanted\r\n0\r\n\r\n"), 400),
    Hostile("a header behind the chunks", in_chunks(b"0\r\nHost: evil\r\n\r\n"), 400),
    Hostile("two lengths", long("5", str(len(BODY))), 400),
    Hostile("the same length twice", long(str(len(BODY)), str(len(BODY))), 400),
    Hostile("a list of lengths", long("5, 5"), 400),
    Hostile("a negative length", long("-1"), 400),
    Hostile("a signed length", long("+5"), 400),
    Hostile("a length that is none", long("0x10planted"), 400),
    Hostile("a length in other digits", long("\u00b2"), 400),
    Hostile("a blank before a colon", with_headers(("Content-Length ", "5")), 400),
    Hostile("a header in two lines", with_headers(("X-A", "planted\r\n more")), 400),
    Hostile("a bare return", with_headers(("X-A", "planted\rX-B: x")), 400),
    Hostile("a NUL in a header", with_headers(("X-A", "planted\x00")), 400),
    Hostile("no colon", PLAIN.replace(b"Host:", b"planted"), 400),
    Hostile("no name", PLAIN.replace(b"Host", b""), 400),
    Hostile("two hosts", with_headers(("Host", "a.example"), ("Host", "evil")), 400),
    Hostile("bare line feeds", PLAIN.replace(b"\r\n", b"\n"), 400),
    Hostile("a version that is none", PLAIN.replace(b"1.1", b"9.9planted"), 400),
    Hostile("no version", b"GET /planted\r\n\r\n", 400),
    Hostile("nothing but ends of lines", b"\r\n\r\n\r\n\r\n", 400),
    Hostile("an expectation", with_headers(("Expect", "planted")), 417),
    Hostile("another protocol", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
]


@pytest.mark.parametrize("hostile", FRAMING, ids=lambda h: h.says)
def test_a_request_without_clear_borders_is_refused(
    target: Target, hostile: Hostile
) -> None:
    is_refused(target, hostile)


def test_requests_that_came_together_are_answered_in_order(target: Target) -> None:
    genuine = post(text_form("Pipelined", From="whatsapp:+15550003333"), closes=False)
    forged = post(text_form("Pipelined"), signature="forged", closes=False)
    with connect(target.web.port) as connection:
        connection.sendall(genuine + forged + genuine + PLAIN)
        answers = read_answers(connection, 4)
    assert [answer.status for answer in answers] == [200, 403, 200, 200]
    assert answers[3].text == "alive\n"


def test_a_request_hidden_in_the_body_of_another_is_no_request(target: Target) -> None:
    hidden = post(text_form("Hidden", From="whatsapp:+15550004444"))
    new = target.takes(build("POST", INBOUND, body=hidden))[1]
    assert new == {}


def test_a_request_that_comes_in_pieces_is_one_request(target: Target) -> None:
    form = text_form("In pieces", From="whatsapp:+15550005555")
    request = post(form, headers=[("Expect", "100-continue")])
    before = target.ledger.last_stored()
    with connect(target.web.port) as connection:
        for start in range(0, len(request), 50):
            connection.sendall(request[start : start + 50])
        assert read_answer(connection).status == 200
    assert target.ledger.last_stored()["content"] == "In pieces" != before["content"]


def test_a_parser_that_somebody_installed_reads_no_request(
    tmp_path: Path, database_url: str
) -> None:
    # gunicorn would take one of this name by itself, and it draws other borders.
    installed = tmp_path / "installed"
    installed.mkdir()
    (installed / "gunicorn_h1c.py").write_text("import os\nos._exit(1)\n")
    web = WebProcess(tmp_path, database_url, PYTHONPATH=str(installed))
    try:
        web.wait_until_it_answers()
    finally:
        assert web.close() == 0
