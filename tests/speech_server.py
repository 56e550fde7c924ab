"""A server of /audio/transcriptions that does as it is told, over real HTTP.

with speech_server() as told:
    told.hears("When do you open?")
    ...
    assert told.asked[0].fields["model"] == "whisper"
"""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.llm.account import TranscriptionServer

KEY = "key-of-the-speech-tests"
OF_THE_FORMAT = b'{"error": {"message": "this model knows response_format json alone"}}'


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its form, the file's name, type and bytes, and the headers."""

    fields: Mapping[str, str]
    file_name: str | None
    media_type: str
    content: bytes
    path: str
    headers: Mapping[str, str]


@dataclass
class Told:
    """What the server does next, and what it was asked.

    `answers` are a status, a body and headers, before it answers with `said`; it knows
    `json` alone where `knows_verbose` is not set; while `silent` is set nobody gets an
    answer, and while `dripping` is set a byte now and then.
    """

    port: int = 0
    said: dict[str, Any] = field(default_factory=lambda: {"text": "Hello."})
    knows_verbose: bool = True
    answers: deque[tuple[int, bytes, dict[str, str]]] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    dripping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def server(self, model: str = "whisper") -> TranscriptionServer:
        url = f"http://127.0.0.1:{self.port}/v1"
        return TranscriptionServer(api_key=KEY, base_url=url, model=model)

    def hears(self, text: str, *, language: str = "english", **segment: float) -> None:
        """Hear a text from now on; of its segment it says what is given."""
        self.said = {
            "text": text,
            "language": language,
            "duration": 4.5,
            "segments": [{"id": 0, "text": f" {text}", **segment}],
        }

    def fails(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        """Answer the next request like this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, body, named))

    def take_answer(self, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        if self.answers:
            return self.answers.popleft()
        if asked.fields["response_format"] == "json":
            return 200, json.dumps({"text": self.said["text"]}).encode(), {}
        if not self.knows_verbose:
            return 400, OF_THE_FORMAT, {}
        return 200, json.dumps(self.said).encode(), {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, told: Told) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.told = told
        told.port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients that give up are what the tests are about."""


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = self.server.told
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = _read(self.path, dict(self.headers.items()), body)
        told.asked.append(asked)
        if told.silent.is_set():
            told.ended.wait(30)
            return
        status, answer, headers = told.take_answer(asked)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        while told.dripping.is_set() and not told.ended.wait(0.05):
            self.wfile.write(answer[:1])
            answer = answer[1:]
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def _read(path: str, headers: dict[str, str], body: bytes) -> Asked:
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    fields, file = {}, None
    for part in message_from_bytes(head + body).walk():
        name = part.get_param("name", header="Content-Disposition")
        content = part.get_payload(decode=True)
        if name == "file":
            file = (part.get_filename(), part.get_content_type(), content)
        elif name and isinstance(content, bytes):
            fields[str(name)] = content.decode()
    assert file is not None, "no file was sent"
    file_name, media_type, sent = file
    assert isinstance(sent, bytes)
    return Asked(fields, file_name, media_type, sent, path, headers)


@contextmanager
def speech_server() -> Iterator[Told]:
    told = Told()
    with _Server(told) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield told
        finally:
            told.ended.set()
            server.shutdown()
            thread.join()
