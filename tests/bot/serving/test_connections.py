"""Connections that wait for their clients, while threads take and close them."""

import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from bot.serving.connections import Connection, Watched
from bot.serving.readiness import Readiness
from tests.bot.serving.test_readiness import KINDS, Kind


class QuickThread:
    """A readiness beside which a thread, woken before, closes what is to be watched."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self.watched = Watched(self)

    def watch(self, sock: socket.socket, *, at_once: bool = False) -> None:
        taken = self.watched.take(sock.fileno())
        assert taken is not None
        taken.is_closed = True
        taken.close()
        self._readiness.watch(sock, at_once=at_once)

    def forget(self, sock: socket.socket) -> None:
        self._readiness.forget(sock)

    def next(self) -> int | None:
        return self._readiness.next()

    def end(self) -> None:
        self._readiness.end()


@pytest.fixture(params=KINDS)
def readiness(request: pytest.FixtureRequest) -> Readiness:
    kind: Kind = request.param
    return kind()


@pytest.fixture
def line() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection and its client."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Connection(Config(), ours, "", ""), theirs


@pytest.fixture
def conn(line: tuple[Connection, socket.socket]) -> Connection:
    return line[0]


def test_what_a_thread_closes_before_it_is_watched_breaks_nothing(
    readiness: Readiness, conn: Connection
) -> None:
    watched = QuickThread(readiness).watched
    watched.add(conn)
    assert list(watched) == []
    assert conn.sock.fileno() == -1


def test_what_cannot_be_watched_for_another_reason_is_told(
    readiness: Readiness, conn: Connection
) -> None:
    watched = Watched(readiness)
    conn.sock.close()
    with pytest.raises((OSError, ValueError)):
        watched.add(conn)


def test_who_leaves_may_be_silent_and_is_heard_until_they_close(
    line: tuple[Connection, socket.socket],
) -> None:
    conn, client = line
    assert conn.goes_on_talking()
    client.sendall(b"the rest")
    assert conn.goes_on_talking()
    client.close()
    assert not conn.goes_on_talking()
