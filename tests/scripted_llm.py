"""An OpenAI-compatible server that does as it is told, over real HTTP.

In a test:

    with ScriptedLLM() as llm:
        llm.next(Script(status=429), Script(text="Hello"))
        ...                              # two requests; further ones get the echo
        assert llm.prompts[-1][-1]["content"] == "Hi"

For another process: `python -m tests.scripted_llm --port 4020`, then
`PUT /script {"always": {"delay": 2}, "next": [{"status": 500}]}` (which forgets the
script and the requests so far) and `GET /requests`.

A question for the memory comes when a chat went quiet, perhaps in another test: with
`memory` it gets that, takes no script and is not among the requests.
"""

import argparse
import gzip
import json
import signal
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, Self

from tests.strict_llm import find_fault, is_about_memory, text_of

MODEL = "scripted"
MOST_REQUESTS_KEPT = 10_000
LONGEST_HANG_SECONDS = 120.0
LONGEST_SILENCE_SECONDS = 30.0
LARGEST_FLOOD = 100_000_000


@dataclass(frozen=True, slots=True)
class Script:
    """What one answer is like; by default an echo of the last user's message."""

    text: str | None = None
    tool_calls: Sequence[dict[str, Any]] = ()  # as they stand in the JSON
    more: int = 0  # paragraphs after an echo, each long enough to be sent alone
    finish_reason: str = "stop"
    status: int = 200
    code: str | None = None  # the error's, where the status is one
    body: str | None = None  # sent verbatim instead of a completion
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)  # beside the usual ones
    packed: bool = False  # with gzip
    flood: bool = False  # the body again and again, without an end
    delay: float = 0.0  # seconds before the first byte
    until: threading.Event | None = None  # which must come before the first byte, too
    drip: float = 0.0  # seconds between any two bytes of the body
    hang: bool = False  # never answers
    close: bool = False  # closes the connection without an answer


PARAGRAPH = "\n\n" + "And so on. " * 125
GARBAGE = Script(body='{"choices": [tru')
ECHO = Script()
FORGETFUL = Script(text=json.dumps({"section": "They talked.", "labels": {}}))


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: the parsed body, the path and the headers."""

    body: dict[str, Any]
    path: str
    headers: Mapping[str, str]

    @property
    def authorization(self) -> str:
        return self.headers.get("Authorization", "")


@dataclass
class ScriptedLLM:
    """The server; `port` 0 takes a free one. A context manager."""

    port: int = 0
    memory: Script | None = None
    requests: deque[Request] = field(
        default_factory=lambda: deque(maxlen=MOST_REQUESTS_KEPT)
    )

    def __post_init__(self) -> None:
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._always = ECHO
        self._next: deque[Script] = deque()
        self._server = _Server(("127.0.0.1", self.port), _Endpoint)
        self._server.llm = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL takes."""
        return f"{self.origin}/v1"

    @property
    def prompts(self) -> list[list[dict[str, Any]]]:
        """The messages of every request so far."""
        return [request.body["messages"] for request in list(self.requests)]

    def next(self, *scripts: Script) -> None:
        """Use each of these for one request, before what `always` says."""
        with self._lock:
            self._next.extend(scripts)

    def always(self, script: Script) -> None:
        """Answer like this from now on."""
        with self._lock:
            self._always = script

    def reset(self) -> None:
        """Forget scripts and requests; echo again."""
        with self._lock:
            self._always = ECHO
            self._next.clear()
            self.requests.clear()

    def take_script(self) -> Script:
        with self._lock:
            return self._next.popleft() if self._next else self._always

    def close(self) -> None:
        """Stop at once, whatever hangs or drips."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    llm: ScriptedLLM
    request_queue_size = 512
    daemon_threads = False  # closing waits for every answer's thread

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients that give up are what the tests are about."""


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server
    timeout = LONGEST_SILENCE_SECONDS
    _content = b""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send_json({"object": "list", "data": [{"id": MODEL}]})
        elif self.path == "/requests":
            self._send_json({"requests": [r.body for r in [*self.server.llm.requests]]})
        else:
            self._send_error(404, None)

    def do_PUT(self) -> None:
        wanted = self._read_json()
        if self.path != "/script":
            self._send_error(404, None)
            return
        llm = self.server.llm
        llm.reset()
        llm.always(Script(**wanted.get("always", {})))
        llm.next(*(Script(**script) for script in wanted.get("next", [])))
        self._send_json({})

    def do_POST(self) -> None:
        body = self._read_json()
        if self.path != "/v1/chat/completions":
            self._send_error(404, None)
            return
        llm = self.server.llm
        fault = find_fault(body)
        apart = None if fault or not is_about_memory(body) else llm.memory
        if apart is None:
            llm.requests.append(Request(body, self.path, dict(self.headers)))
        if fault:
            self._send_error(400, "invalid_request_error", fault)
            return
        self._play(apart or llm.take_script(), body)

    def _play(self, script: Script, body: dict[str, Any]) -> None:
        wait = self.server.llm.stopping.wait
        wait(LONGEST_HANG_SECONDS if script.hang else script.delay)
        while script.until and not script.until.is_set() and not wait(0.02):
            pass
        if script.close or script.hang:
            self.close_connection = True
        elif script.status >= 400 and script.body is None:
            self._send_error(script.status, script.code, headers=script.headers)
        else:
            text = json.dumps(_completion(script, body))
            self._send(script, text if script.body is None else script.body)

    def _send_json(self, value: object) -> None:
        self._send(ECHO, json.dumps(value))

    def _send_error(
        self,
        status: int,
        code: str | None,
        why: str = "as told",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        # Quotes the request, as real servers do: none of it may reach a log.
        quoted = f"{why}: {self.headers.get('Authorization')} {self._content!r}"
        error = {"message": quoted, "type": "scripted", "param": None, "code": code}
        refusal = Script(status=status, headers=headers)
        self._send(refusal, json.dumps({"error": error}))

    def _send(self, script: Script, text: str) -> None:
        content = text.encode()
        self.send_response(script.status)
        self.send_header("Content-Type", script.content_type)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if script.packed:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        if not script.flood:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if script.flood:
            self._flood(content)
        elif not script.drip:
            self.wfile.write(content)
        else:
            self._drip(content, script.drip)

    def _drip(self, content: bytes, seconds: float) -> None:
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.llm.stopping.wait(seconds):
                return

    def _flood(self, content: bytes) -> None:
        for _ in range(LARGEST_FLOOD // len(content)):
            self.wfile.write(content)  # until the client leaves
        self.close_connection = True

    def _read_json(self) -> dict[str, Any]:
        self._content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        value = json.loads(self._content or "{}")
        assert isinstance(value, dict)
        return value

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the requests are kept instead."""


def _completion(script: Script, body: dict[str, Any]) -> dict[str, Any]:
    said = [text_of(m) for m in body["messages"] if m["role"] == "user"]
    echo = f"You said: {said[-1] if said else ''}" + PARAGRAPH * script.more
    text = echo if script.text is None and not script.tool_calls else script.text
    calls = {"tool_calls": script.tool_calls} if script.tool_calls else {}
    message = {"role": "assistant", "content": text, **calls}
    choice = {"index": 0, "message": message, "finish_reason": script.finish_reason}
    asked = sum(len(text_of(m).split()) for m in body["messages"])
    told = len((text or "").split())
    usage = {"prompt_tokens": asked, "completion_tokens": told}
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
        "usage": {**usage, "total_tokens": asked + told},
    }


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    with ScriptedLLM(parser.parse_args().port):
        stopped.wait()


if __name__ == "__main__":
    main()
