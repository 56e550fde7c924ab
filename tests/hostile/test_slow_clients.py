"""Clients that connect and dawdle: everybody else is answered all the same."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.bot.whatsapp.twilio_calls import text_form
from tests.hostile.conftest import SLOW, Target
from tests.hostile.hostile import stranger
from tests.hostile.ledger import ONE_NEW_CHAT
from tests.hostile.raw_http import build, post, read_answer

# More than the web process keeps open at once.
MANY = 60
EXPECTING = post(text_form(), headers=[("Expect", "100-continue")])[:-20]
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
        assert client.recv(100) == b"", kind
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
