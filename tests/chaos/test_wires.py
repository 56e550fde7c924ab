"""A cut wire lets nothing through, and nothing is lost on it."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.chaos.wires import Cable, Wire


class Echo(socketserver.ThreadingTCPServer):
    """Says its own letter before whatever it hears."""

    def __init__(self, letter: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Echoing)
        self.letter = letter
        self.place = ("127.0.0.1", int(self.server_address[1]))


class _Echoing(socketserver.BaseRequestHandler):
    server: Echo

    def handle(self) -> None:
        while heard := self.request.recv(100):
            self.request.sendall(self.server.letter + heard)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Echo(b"a") as first, Echo(b"b") as second:
        for echo in (first, second):
            threading.Thread(target=echo.serve_forever, args=[0.02]).start()
        wire = Wire([first.place, second.place])
        yield wire
        wire.close()
        first.shutdown()
        second.shutdown()


def call(wire: Wire) -> socket.socket:
    return socket.create_connection(wire.place, 10)


def test_connections_go_to_each_target_in_turn(wire: Wire) -> None:
    heard = []
    for _ in range(4):
        with call(wire) as caller:
            caller.sendall(b"x")
            heard.append(caller.recv(100))
    assert heard == [b"ax", b"bx", b"ax", b"bx"]


def test_what_was_sent_over_a_cut_cable_arrives_when_it_is_mended(wire: Wire) -> None:
    cable = Cable([wire])
    with call(wire) as caller:
        caller.sendall(b"x")
        assert caller.recv(100) == b"ax"
        cable.freeze(away=0)
        assert not cable.is_running()
        caller.sendall(b"y")
        with call(wire) as late:
            late.sendall(b"z")
            caller.settimeout(0.2)
            with pytest.raises(TimeoutError):
                caller.recv(100)
            cable.watch()
            caller.settimeout(10)
            assert cable.is_running()
            assert caller.recv(100) == b"ay"
            assert late.recv(100) == b"bz"
