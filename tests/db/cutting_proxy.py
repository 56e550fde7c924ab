"""A road to the database on which one answer is cut or late, just when it matters."""

import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from tests.listening import listening

LONGEST_SILENCE_SECONDS = 30.0


class CuttingProxy(ThreadingTCPServer):
    """Passes bytes on; cuts the connection instead of the answer to one request.

    The request is the next one that has `word` in it. The database has done what it
    was asked by then. The answer comes late instead if `lets_pass` waits and says so.
    """

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.database_port = port
        self.word: bytes | None = None
        self.lets_pass: Callable[[], bool] = bool
        self.requests = 0

    def has_word(self, request: bytes) -> bool:
        """Tell whether this is the request; there is only one."""
        found = self.word is not None and self.word in request
        if found:
            self.word = None
        return found


class _Connection(BaseRequestHandler):
    server: CuttingProxy

    def handle(self) -> None:
        origin = ("127.0.0.1", self.server.database_port)
        with socket.create_connection(origin) as database:
            is_cut_next = False
            while data := self._receive(database):
                from_client, content = data
                if from_client:
                    self.server.requests += 1
                    is_cut_next = is_cut_next or self.server.has_word(content)
                    database.sendall(content)
                elif is_cut_next and not self.server.lets_pass():
                    return
                else:
                    is_cut_next = False
                    self.request.sendall(content)

    def _receive(self, database: socket.socket) -> tuple[bool, bytes] | None:
        both = [self.request, database]
        ready, _, _ = select.select(both, [], [], LONGEST_SILENCE_SECONDS)
        content = ready[0].recv(65536) if ready else b""
        return (ready[0] is self.request, content) if content else None


@contextmanager
def cutting_proxy(url: str) -> Iterator[tuple[CuttingProxy, str]]:
    """Yield the proxy before a database, and the URL that leads through it.

    Its connections must be closed before it is left.
    """
    port = urlsplit(url).port or 5432
    with listening(CuttingProxy(port)) as proxy:
        yield proxy, url.replace(f":{port}/", f":{proxy.server_address[1]}/")
