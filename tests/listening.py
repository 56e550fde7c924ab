"""Small servers of tests: how one runs, and HTTP ones that are one function.

def answer(request: Request) -> Response:
    return Response(200, {"asked": request.path})


with answering(answer) as url:
    requests.get(f"{url}/path")
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from threading import Thread
from typing import Any, TypeVar

Server = TypeVar("Server", bound=BaseServer)
POLL_SECONDS = 0.02  # how late a server sees that it shall end


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # with what was asked after it
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    told: object  # a page, if it is a text; bytes as they are; else told as JSON
    headers: Mapping[str, str] = field(default_factory=dict)  # beside the usual ones
    reason: str | None = None  # behind the status, where it is not the usual one


Answer = Callable[[Request], Response]


class Forgiving(BaseServer):
    """A server whose clients may leave before they heard all: that is no error of its.

    What it would print of it comes when the test may be over, to a closed file.
    """

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    """Serve from a thread of its own; end it and free the port, whatever happens."""
    with server:
        thread = Thread(target=server.serve_forever, args=[POLL_SECONDS])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Answer each GET and POST, several at once; yield the URL that leads here."""
    with listening(_Server(answer)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


class _Server(Forgiving, ThreadingHTTPServer):
    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.answer = answer


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(self.command, self.path, self.headers, body)
        self._say(self.server.answer(request))

    def _say(self, response: Response) -> None:
        is_page = isinstance(response.told, str)
        if isinstance(response.told, bytes):
            content = response.told
        else:
            told = response.told if is_page else json.dumps(response.told)
            content = str(told).encode()
        self.send_response(response.status, response.reason)
        kind = "text/html" if is_page else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay quiet: what is tested writes the log that counts."""
