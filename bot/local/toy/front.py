"""The front before the local model's server: it answers what words decide about tools.

All else goes through as it comes: a request without tools byte by byte, and an answer
as soon as each piece of it is there. Who leaves ends what the model does for them.
"""

import hmac
import http.client
import json
import secrets
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bot.local.toy.answering import Decided, decide, for_the_model

HOST = "127.0.0.1"
# Told as what answered, so that a transcript shows which sentences are no model's.
MODEL_NAME = "tools-by-words"
IDLE_SECONDS = 90.0  # longer than a client keeps a connection
UPSTREAM_SECONDS = 300.0  # the model is silent while others have its slots
LARGEST_BODY = 4 * 1024 * 1024
PIECE = 64 * 1024
CHAT = "/chat/completions"
# Of a request and of an answer: what the other side has to know.
PASSED_ON = ("Content-Type", "Accept", "Authorization")
PASSED_BACK = ("Content-Type",)


class Front(ThreadingHTTPServer):
    """Listens on a port at once, and serves once it knows where the model is."""

    daemon_threads = True

    def __init__(self, port: int, key: str) -> None:
        """Take the port; 0 is any. Raises OSError where it is taken."""
        self.key, self.upstream = key, ""
        super().__init__((HOST, port), _Endpoint)

    def serve_before(self, upstream: str) -> None:
        """Serve from now on, in threads; `upstream` is the model's origin."""
        self.upstream = upstream
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who left, left."""


class _Endpoint(BaseHTTPRequestHandler):
    server: Front
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        if self._has_key():
            self._pass_on(b"")

    def do_POST(self) -> None:
        if self._has_key():
            self._take()

    def _take(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return self._refuse(413, "too large, or of no known length")
        body = self.rfile.read(int(length))
        asked = _read(body) if self.path.endswith(CHAT) else None
        if asked is None:
            return self._pass_on(body)
        decided = decide(asked)
        if decided is None:
            return self._pass_on(json.dumps(for_the_model(asked)).encode())
        return self._say(decided, is_streamed=asked.get("stream") is True)

    def _has_key(self) -> bool:
        given = self.headers.get("Authorization", "").encode()
        if hmac.compare_digest(given, f"Bearer {self.server.key}".encode()):
            return True
        self._refuse(401, "this is no key of this server")
        return False

    def _say(self, decided: Decided, *, is_streamed: bool) -> None:
        if is_streamed:
            return self._answer(200, _events(decided), "text/event-stream")
        return self._answer(200, json.dumps(_completion(decided)))

    def _refuse(self, status: int, reason: str) -> None:
        self.close_connection = True  # its body may not have been read
        self._answer(status, json.dumps({"error": {"message": reason}}))

    def _answer(self, status: int, said: str, kind: str = "application/json") -> None:
        body = said.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _pass_on(self, body: bytes) -> None:
        """Ask the model's server the same, and pass its answer back as it comes."""
        address = urlsplit(self.server.upstream).netloc
        upstream = http.client.HTTPConnection(address, timeout=UPSTREAM_SECONDS)
        given = {n: self.headers[n] for n in PASSED_ON if n in self.headers}
        try:
            upstream.request(self.command, self.path, body or None, given)
            if self._is_answered(upstream.sock):
                self._pass_back(upstream.getresponse())
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # a half answer has no other end
            if not self._is_begun:
                self._refuse(502, "the model's server gave no answer")
        finally:
            upstream.close()

    _is_begun = False

    def _is_answered(self, upstream: socket.socket) -> bool:
        """Wait for the first byte; False: whoever asked has left meanwhile."""
        deadline = time.monotonic() + UPSTREAM_SECONDS
        both = [upstream, self.connection]
        while (left := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select(both, [], [], left)
            if upstream in readable:
                return True
            if self.connection in readable:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    self.close_connection = True
                    return False
                both = [upstream]  # it asks for more already
        raise TimeoutError

    def _pass_back(self, answer: http.client.HTTPResponse) -> None:
        self._is_begun = True
        self.send_response(answer.status)
        for name in PASSED_BACK:
            if value := answer.getheader(name):
                self.send_header(name, value)
        length = answer.getheader("Content-Length")
        name = "Content-Length" if length else "Transfer-Encoding"
        self.send_header(name, length or "chunked")
        self.end_headers()
        while piece := answer.read1(PIECE):
            self._write(piece, is_chunk=not length)
        if not length:
            self.wfile.write(b"0\r\n\r\n")
        self._is_begun = False

    def _write(self, piece: bytes, *, is_chunk: bool) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunk else piece)

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked is people's."""


def _read(body: bytes) -> dict[str, Any] | None:
    """Return a request that offers tools; None: it is not for the front."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(asked, dict) and isinstance(asked.get("messages"), list)
    return asked if is_ours and asked.get("tools") else None


def _message(decided: Decided) -> dict[str, Any]:
    if decided.tool is None:
        return {"role": "assistant", "content": decided.text}
    written = json.dumps(decided.arguments, ensure_ascii=False)
    function = {"name": decided.tool, "arguments": written}
    call = {"id": f"call_{secrets.token_hex(8)}", "type": "function"}
    calls = [{**call, "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _whole(kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL_NAME,
        "choices": [{"index": 0, **choice}],
    }


def _completion(decided: Decided) -> dict[str, Any]:
    """Return a decision as a completion: no token was read or written for it.

    https://platform.openai.com/docs/api-reference/chat/object
    """
    choice = {"message": _message(decided), "finish_reason": _reason(decided)}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return {**_whole("chat.completion", choice), "usage": usage}


def _events(decided: Decided) -> str:
    """Return a decision as the events of a stream.

    https://platform.openai.com/docs/api-reference/chat-streaming
    """
    delta = _message(decided)
    for place, call in enumerate(delta.get("tool_calls", ())):
        call["index"] = place
    first = _whole("chat.completion.chunk", {"delta": delta, "finish_reason": None})
    ending = {"delta": {}, "finish_reason": _reason(decided)}
    last = {**first, "choices": [{"index": 0, **ending}]}
    told = (json.dumps(first), json.dumps(last), "[DONE]")
    return "".join(f"data: {event}\n\n" for event in told)


def _reason(decided: Decided) -> str:
    return "stop" if decided.tool is None else "tool_calls"
