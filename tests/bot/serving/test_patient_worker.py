"""Requests that take long, and what becomes of all others meanwhile."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.serving.patient_worker import PERMITS
from db.embedded.processes import ON_LINUX
from tests.hostile.raw_http import build, connect, exchange, read_answer
from tests.house import PATIENCE, ROOT, eventually
from tests.ports import free_port

HELD, PLAIN = build("GET", "/held"), build("GET", "/")
MODULE = "tests.bot.serving.held_server"
PLENTY, SCARCE = 1000, 40
MANY = 60


class Server:
    """A process whose requests for /held wait until they are let go."""

    def __init__(self, folder: Path, threads: int, files: int) -> None:
        self.port = free_port()
        self._file, self._told = folder / "let-go", folder / "told.out"
        about = [self.port, threads, self._file, files]
        with self._told.open("wb") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, *map(str, about)],
                cwd=ROOT,
                stdout=told,
                stderr=told,
            )

    def begin(self) -> None:
        eventually(self._answers)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.told
        try:
            return self.answers_others()
        except ConnectionError:
            return False

    @property
    def told(self) -> str:
        return self._told.read_text()

    def answers_others(self) -> bool:
        return exchange(self.port, PLAIN).text == "here"

    def let_go(self) -> None:
        self._file.touch()

    def close(self) -> None:
        """End it; all of its threads must let it."""
        self.let_go()
        self._process.terminate()
        try:
            assert self._process.wait(PATIENCE) == 0
        finally:
            self._process.kill()
        assert "SIGKILL" not in self.told


StartServer = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartServer]:
    with ExitStack() as stack:

        def start(threads: int, files: int = PLENTY) -> Server:
            server = Server(tmp_path, threads, files)
            stack.callback(server.close)
            server.begin()
            return server

        yield start


@contextmanager
def asking(server: Server, count: int) -> Iterator[list[socket.socket]]:
    """Yield clients who asked for what is held."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(server.port)) for _ in range(count)]
        for client in clients:
            client.sendall(HELD)
        yield clients


def test_others_are_answered_while_more_wait_than_take_requests_at_a_time(
    start: StartServer,
) -> None:
    server = start(threads=8)
    with asking(server, PERMITS + 2) as clients:
        assert server.answers_others()
        for client in clients:  # nobody has let them go
            client.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.recv(1)
            client.settimeout(PATIENCE)
        server.let_go()
        assert {read_answer(client).text for client in clients} == {"held"}
    assert server.answers_others()


def test_one_that_takes_too_long_loses_its_connection_and_no_other_its_answer(
    start: StartServer,
) -> None:
    server = start(threads=1)
    with connect(server.port) as patient:
        patient.sendall(PLAIN[:20])
        assert server.answers_others()  # the one thread has read these bytes
        with asking(server, 1) as (client,):
            # No thread is free: it is not read as long as it has to arrive.
            patient.sendall(PLAIN[20:])
            assert client.recv(1) == b""
        server.let_go()
        assert read_answer(patient).text == "here"


def test_where_no_more_files_may_be_open_it_goes_on_once_there_are_fewer(
    start: StartServer,
) -> None:
    server = start(threads=8, files=SCARCE)
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(connect(server.port))
        eventually(lambda: "no connection can be taken" in server.told)
    assert server.answers_others()
    assert server.told.count("Booting worker") == 1


@pytest.mark.skipif(not ON_LINUX, reason="descriptors are found in /proc")
def test_where_its_threads_break_the_process_is_replaced(start: StartServer) -> None:
    server = start(threads=8)
    assert exchange(server.port, build("GET", "/broken")).text == "broken"
    eventually(lambda: server.told.count("Booting worker") == 2)
    assert server.answers_others()
    assert "a thread that takes requests broke" in server.told
