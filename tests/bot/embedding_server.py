"""A server of embeddings that does as it is told, over real HTTP.

A text's vector tells its words: each is a direction, by a hash of it.
"""

import json
import threading
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.llm.account import EmbeddingServer
from tests.listening import Forgiving

KEY = "key-of-the-tests"
DIMENSIONS = 64


@dataclass
class Told:
    """What the server does next, and what it was asked.

    `answers` are a status and a body each, before it answers as it should; while
    `silent` is set nobody gets an answer.
    """

    port: int = 0
    answers: deque[tuple[int, bytes]] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def server(self, model: str = "words") -> EmbeddingServer:
        return EmbeddingServer(
            api_key=KEY, base_url=f"http://127.0.0.1:{self.port}/v1", model=model
        )


def vector_of(text: str) -> list[float]:
    vector = [0.01] * DIMENSIONS
    for word in text.casefold().split():
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return vector


def answer_of(texts: Sequence[str]) -> bytes:
    vectors = [{"index": at, "embedding": vector_of(t)} for at, t in enumerate(texts)]
    return json.dumps({"data": vectors[::-1]}).encode()  # in any order


class _Server(Forgiving, ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, told: Told) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.told = told
        told.port = self.server_address[1]


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = self.server.told
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told.asked.append({**body, "path": self.path, "headers": self.headers})
        if told.silent.is_set():
            told.ended.wait(30)
            return
        status, answer = told.answers.popleft() if told.answers else (200, b"")
        answer = answer or answer_of(body["input"])
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def embedding_server() -> Iterator[Told]:
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
