"""A Twilio that refuses everything, and quotes all that it was sent while doing so."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class QuotingTwilio:
    """The first message gets a 500, whose outcome nobody knows; all else a 401."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Endpoint)
        self._server.twilio = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    twilio: QuotingTwilio


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._refuse(401, 20003)

    def do_POST(self) -> None:
        is_first = self.server.twilio.asked.count("create") == 0
        if "/Messages" not in self.path:
            self._refuse(401, 20003)
            return
        self.server.twilio.asked.append("create")
        self._refuse(*((500, 20500) if is_first else (401, 20003)))

    def _refuse(self, status: int, code: int) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        quoted = f"{self.headers.get('Authorization')} {self.path} {form}"
        body = json.dumps({"status": status, "code": code, "message": quoted}).encode()
        self.server.twilio.asked.append(quoted)
        self.send_response(status, quoted.split(" ", maxsplit=1)[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: it is the bot's log that counts."""
