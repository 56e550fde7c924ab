"""A shop beside the bot that counts what it is asked for, and may kill who asks."""

import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


class Shop:
    """Effects over HTTP: `/order` happens whenever it is asked, `/book` once a key.

    `after` is called once the effect stands, before it is answered.
    """

    def __init__(self) -> None:
        self._effects: Counter[str] = Counter()
        self._keys: set[str] = set()
        self.after: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Counter)
        self._server.shop = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, path: str, what: str, key: str) -> None:
        with self._lock:
            if path != "/book" or key not in self._keys:
                self._effects[what] += 1
            self._keys.add(key)
        self.after()

    def effects_of(self, what: str) -> int:
        """Return how often something was done."""
        with self._lock:
            return self._effects[what]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    shop: Shop
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: whoever asked may be dead."""


class _Counter(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10.0

    def do_POST(self) -> None:
        asked = urlsplit(self.path)
        told = parse_qs(asked.query)
        self.server.shop.take(asked.path, told["what"][0], told["key"][0])
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
