"""Connections that wait for their clients, while threads take and close them."""

import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from bot.serving.connections import HOLD_BACK, Connection, Watched
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


@pytest.fixture
def over_tcp() -> Iterator[tuple[Connection, socket.socket]]:
    """The same, where there are packets."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=10) as theirs,
        server.accept()[0] as ours,
    ):
        yield Connection(Config(), ours, "", ""), theirs


def holds_back(conn: Connection) -> bool:
    assert HOLD_BACK is not None
    return bool(conn.sock.getsockopt(socket.IPPROTO_TCP, HOLD_BACK))


on_linux = pytest.mark.skipif(HOLD_BACK is None, reason="Linux alone holds back")


@on_linux
def test_the_pieces_of_an_answer_go_out_together(
    over_tcp: tuple[Connection, socket.socket],
) -> None:
    conn, client = over_tcp
    conn.go_in_hand()
    assert holds_back(conn)
    conn.sock.sendall(b"head ")
    conn.sock.sendall(b"body")
    conn.rest()
    assert not holds_back(conn)
    assert client.recv(9, socket.MSG_WAITALL) == b"head body"


def test_what_is_held_back_goes_out_with_the_last_word(
    over_tcp: tuple[Connection, socket.socket],
) -> None:
    conn, client = over_tcp
    conn.go_in_hand()
    conn.sock.sendall(b"closing")
    assert conn.says_no_more()
    assert client.recv(100, socket.MSG_WAITALL) == b"closing"


@on_linux
def test_an_odd_request_gets_its_first_word_at_once(
    over_tcp: tuple[Connection, socket.socket],
) -> None:
    conn, _ = over_tcp
    conn.enter("odd")
    conn.go_in_hand()
    assert not holds_back(conn)
