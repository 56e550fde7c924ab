"""Roads between processes, which can be cut as a cable can: without a word."""

import contextlib
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from itertools import cycle
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.chaos.residents import Resident

CONNECT_SECONDS = 5.0
Place = tuple[str, int]


class Wire(ThreadingTCPServer):
    """Passes connections on to `targets` in turn, each over a socket of its own.

    While it is cut, nothing passes and nothing is closed, whatever either side does;
    what they sent arrives afterwards, as TCP would repeat it.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, targets: Sequence[Place]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.place = ("127.0.0.1", int(self.server_address[1]))
        self.passes = threading.Event()
        self.passes.set()
        self._targets = cycle(targets)
        self._turn = threading.Lock()
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    def next_target(self) -> Place:
        with self._turn:
            return next(self._targets)

    def close(self) -> None:
        self.passes.set()
        self.shutdown()
        self.server_close()


class _Passing(BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        self.server.passes.wait()
        with contextlib.suppress(OSError):
            target = self.server.next_target()
            with socket.create_connection(target, CONNECT_SECONDS) as far:
                far.settimeout(None)
                back = threading.Thread(target=self._pass, args=[far, self.request])
                back.start()
                self._pass(self.request, far)
                back.join()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65_536):
                self.server.passes.wait()
                sink.sendall(content)
        self.server.passes.wait()
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


class Cable(Resident):
    """All roads of one machine. Frozen, it is cut off; the machine itself lives on."""

    def __init__(self, wires: Sequence[Wire]) -> None:
        super().__init__()
        self._wires = wires

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return None

    def _is_alive(self) -> bool:
        return True

    def start(self) -> None:
        """Do nothing: it is never killed."""

    def _signal(self, number: signal.Signals) -> None:
        for wire in self._wires:
            if number == signal.SIGSTOP:
                wire.passes.clear()
            else:
                wire.passes.set()
