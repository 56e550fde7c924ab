"""The connection to an LLM's server: HTTP in the thread of whoever asks."""

import json
import ssl
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi

from bot.http_bounds import HttpError, TooLargeError, TooLateError
from bot.http_client import Answer, HttpServer
from bot.llm.protocol import LLMError
from bot.llm.refusals import FEW_TRIES, Refusal, read_refusal
from db import __version__

# As many as the worker has threads, at most.
MOST_CONNECTIONS = 1000
# The longest answers have some hundred KB. An event stream that nobody asked for has
# 300 bytes a token; and each of the worker's threads may read an answer at once.
MOST_BYTES = 4 * 1024 * 1024
# That leave the question and its method as they are.
REDIRECTS = frozenset({307, 308})
MOST_REDIRECTS = 3


class Connection:
    """Carries requests to a server; safe to call from many threads.

    `headers` are sent beside those that every request has.
    """

    def __init__(self, base_url: str, headers: dict[str, str]) -> None:
        address = urlsplit(base_url)
        self._origin = f"{address.scheme}://{address.netloc}"
        self._path = address.path.rstrip("/") + "/chat/completions"
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Content-Type": "application/json",
            "User-Agent": f"whatsapp-llm-bot/{__version__}",
            **headers,
        }
        self._lock = threading.Lock()
        self._server: HttpServer | None = None
        self._closed = False

    def ask(self, body: dict[str, Any], deadline: float) -> str | Refusal:
        """Post `body` to /chat/completions; return what came back, whatever it is.

        Raises TooLateError at the deadline (of time.monotonic), LLMError for all else.
        """
        written = _write(body)
        path = self._path
        for _ in range(MOST_REDIRECTS):
            answer = self._post(path, written, deadline)
            elsewhere = self._find_redirect(path, answer)
            if elsewhere is None:
                break
            path = elsewhere
        text = answer.body.decode(errors="replace")
        if 200 <= answer.status < 300:
            return text
        return read_refusal(answer.status, text, answer.headers)

    def close(self) -> None:
        """End it; requests under way fail."""
        with self._lock:
            self._closed = True
            server = self._server
        if server:
            server.close()

    def _post(self, path: str, body: bytes, deadline: float) -> Answer:
        try:
            server = self._started()
            return server.request("POST", path, self._headers, body, deadline)
        except HttpError as error:
            if self._closed:
                raise LLMError("The LLM's client was closed meanwhile.") from None
            if isinstance(error, TooLateError):
                raise
            # Not chained: what is below quotes addresses.
            raise _explained(error) from None

    def _started(self) -> HttpServer:
        with self._lock:
            if self._closed:
                raise LLMError("The LLM's client is closed.")
            if self._server is None:
                self._server = HttpServer(
                    self._origin, find_authorities(), MOST_CONNECTIONS, MOST_BYTES
                )
            return self._server

    def _find_redirect(self, path: str, answer: Answer) -> str | None:
        """Return where on the same server to ask instead; key and prompt stay there."""
        location = answer.headers.get("location")
        if answer.status not in REDIRECTS or not location:
            return None
        there = urlsplit(urljoin(self._origin + path, location))
        if f"{there.scheme}://{there.netloc}" != self._origin:
            return None
        return f"{there.path}?{there.query}" if there.query else there.path


def find_authorities() -> str | None:
    """Return certifi's file where the system has no certificates of authorities.

    SSL_CERT_FILE and SSL_CERT_DIR name what takes the system's place.
    """
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())):
        return None
    return certifi.where()


def _write(body: dict[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise LLMError(
            "The prompt is no valid Unicode: half of a surrogate pair came through"
            " where messages are received.",
            permanent=True,
        ) from None


def _explained(error: HttpError) -> LLMError:
    if isinstance(error, TooLargeError):
        return LLMError(
            f"The LLM's server sent more than {MOST_BYTES >> 20} MB for one answer:"
            " check OPENAI_BASE_URL and OPENAI_MODEL.",
            most_tries=FEW_TRIES,
        )
    explained = LLMError(
        f"The LLM's server gave no usable answer ({error}): check OPENAI_BASE_URL and"
        " that the server runs."
    )
    explained.may_cost = error.may_have_arrived
    return explained
