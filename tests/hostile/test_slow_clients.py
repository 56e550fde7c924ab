"""Clients that connect and dawdle: everybody else is answered all the same."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.bot.whatsapp.twilio_calls import text_form
from tests.hostile.conftest import SLOW, Target
from tests.hostile.hostile import stranger
from tests.hostile.ledger import ONE_NEW_CHAT
from tests.hostile.raw_http import build, post, read_answer, read_answers
from tests.house import PATIENCE

# More than the web process keeps open at once.
MANY = 60
DEAF = 34
EXPECTING = post(text_form(), headers=[("Expect", "100-continue")])[:-20]
ODD = "chunks without an end"
IDLE = {"nothing at all": b"", "an empty line": b"\r\n"}
BEGINNINGS = {**IDLE, **SLOW, "an expectation, and half a body": EXPECTING}


@contextmanager
def besieged(target: Target, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Connect again and again, each time with the same beginning."""
    with ExitStack() as stack:
        clients = []
        for _ in range(MANY):
            client = stack.enter_context(target.web.connect())
            client.sendall(beginning)
            clients.append(client)
        yield clients


def is_served(target: Target) -> bool:
    """Tell whether a genuine message is taken in meanwhile."""
    answer, new = target.takes(post(text_form("Hi", From=stranger())))
    return answer.status == 200 and new == ONE_NEW_CHAT


def test_nobody_may_dawdle_for_ever(
    slow_clients: dict[str, socket.socket], target: Target
) -> None:
    for kind, client in slow_clients.items():
        with client.makefile("rb") as answer:
            told = answer.read()
        if kind != ODD:  # of that one nobody knows what it waits for
            assert told.startswith(b"HTTP/1.1 408 "), kind
            assert b"\r\nConnection: close\r\n" in told
    assert is_served(target)


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_others_are_served_while_many_say_no_more_than(
    target: Target, beginning: bytes
) -> None:
    with besieged(target, beginning):
        assert is_served(target)
        assert target.web.ask(build("GET", "/readyz")).status == 200


def test_others_are_served_while_many_keep_their_connections(target: Target) -> None:
    with besieged(target, build("GET", "/healthz", closes=False)) as clients:
        assert read_answer(clients[-1]).status == 200
        assert is_served(target)


def test_others_are_served_while_one_drips(target: Target) -> None:
    request = post(text_form("Drop by drop", From=stranger()))
    with target.web.connect() as client:
        for byte in request[:-1]:
            client.sendall(bytes([byte]))
        assert is_served(target)
        client.sendall(request[-1:])
        assert read_answer(client).status == 200


@contextmanager
def connected_to_a_deaf_client(target: Target) -> Iterator[socket.socket]:
    """Yield a client with hardly any room for answers, which nobody empties."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        if hasattr(socket, "TCP_MAXSEG"):  # as little as far away: loopback has more
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", target.web.port))
        yield client


def test_others_are_served_while_many_read_no_answer(target: Target) -> None:
    asking = build("GET", "/healthz", closes=False) * 400
    with ExitStack() as stack:
        for _ in range(DEAF):
            client = stack.enter_context(connected_to_a_deaf_client(target))
            client.setblocking(False)
            with suppress(OSError):  # so much as there is room for
                client.send(asking)
        assert is_served(target)


def test_who_reads_is_answered_however_much_they_ask_at_once(target: Target) -> None:
    with target.web.connect() as client:
        client.sendall(build("GET", "/healthz", closes=False) * 100)
        assert {answer.status for answer in read_answers(client, 100)} == {200}
