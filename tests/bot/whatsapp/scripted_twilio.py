"""Twilio's REST side, which answers as a script says."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.records import new_sid

Answer = tuple[int, dict[str, Any] | str]  # JSON, or a page as it is
TOO_MANY = (429, {"code": 20429, "message": "Too many", "status": 429})
BROKEN = (500, {"code": 20500, "message": "Oops", "status": 500})
REFUSED = (400, {"code": 63016, "message": "No", "status": 400})


@dataclass
class ScriptedTwilio:
    """Takes messages; each create is answered as the script says, then `sent`.

    Lists are answered as `listings` says, then with what was taken. `retry_after` is
    the header of what is no success, if any.
    """

    answers: deque[Answer] = field(default_factory=deque)
    listings: deque[Answer] = field(default_factory=deque)
    bodies: list[str] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    retry_after: str | None = None
    meanwhile: Callable[[], object] = lambda: None

    def listing(self, path: str) -> Answer:
        if self.listings:
            return self.listings.popleft()
        (to,) = parse_qs(urlsplit(path).query).get("To", [None])
        listed = [told for told in self.taken if told.get("to", to) == to]
        return 200, {"messages": listed}

    def create(self, form: dict[str, list[str]]) -> Answer:
        self.forms.append(form)
        body_sent = form.get("Body", [""])[0]
        self.bodies.append(body_sent)
        self.meanwhile()
        status, body = self.answers.popleft() if self.answers else taken("sent")
        if status == 201 and isinstance(body, dict):
            self.taken.append({**body, "body": body_sent})
        return status, body


def taken(status: str) -> Answer:
    """What Twilio says of a message that it took."""
    made = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    told = {"sid": new_sid(), "status": status, "date_created": made}
    return 201, {**told, "direction": "outbound-api"}


class Exchange(ThreadingHTTPServer):
    """Leads to the Twilio of the test at hand."""

    twilio = ScriptedTwilio()


@contextmanager
def exchange() -> Iterator[Exchange]:
    """Answer the SDK's requests over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            self._say(*server.twilio.create(form))

        def do_GET(self) -> None:
            self._say(*server.twilio.listing(self.path))

        def _say(self, status: int, body: dict[str, Any] | str) -> None:
            self.send_response(status)
            if status >= 400 and (pause := server.twilio.retry_after):
                self.send_header("Retry-After", pause)
            self.end_headers()
            said = body if isinstance(body, str) else json.dumps(body)
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = Exchange(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
