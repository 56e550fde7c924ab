"""The worker's own /metrics: for few at a time, and nobody for long."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY
from prometheus_client.exposition import generate_latest

from bot.observability import bears

MOST_AT_ONCE = 4
SILENT_SECONDS = 2.0
WHOLE_SECONDS = 5.0


class MetricsServer(ThreadingHTTPServer):
    """Answers in threads of its own; who comes when all are busy is sent away.

    With a `token` it answers only who bears it. Raises OSError where it can't listen.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, token: str | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.token = token
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__((host, port), _Endpoint)

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection to a thread, if there is one for it."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and cut the connection if that takes too long."""
        deadline = threading.Timer(WHOLE_SECONDS, _cut, [request])
        deadline.daemon = True
        deadline.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            deadline.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a broken connection to whoever broke it."""


class _Endpoint(BaseHTTPRequestHandler):
    server: MetricsServer
    timeout = SILENT_SECONDS

    def do_GET(self) -> None:
        token = self.server.token
        if token is not None and not bears(token, self.headers["Authorization"]):
            self.send_error(401)
            return
        numbers = generate_latest(REGISTRY)
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(numbers)))
        self.end_headers()
        self.wfile.write(numbers)

    def version_string(self) -> str:
        return "bot"

    def log_message(self, *_: Any) -> None:
        """Log nothing: whoever asks regularly would fill the log."""


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it has just ended
        connection.shutdown(socket.SHUT_RDWR)
