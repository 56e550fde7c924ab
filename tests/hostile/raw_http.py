"""Requests byte by byte, as no client library would send them, and what comes back."""

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from tests.bot.whatsapp.twilio_calls import INBOUND, PUBLIC, TOKEN, sign
from tests.house import PATIENCE

FORM_TYPE = "application/x-www-form-urlencoded"

Pairs = Sequence[tuple[str, str]]
Form = dict[str, str] | Pairs
Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the web process."""

    status: int
    headers: dict[str, str]
    text: str


def build(
    method: str,
    target: str,
    headers: Iterable[Header] = (),
    body: bytes = b"",
    *,
    closes: bool = True,
) -> bytes:
    """Return a request; its Content-Length is what `headers` say, or the body's."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    if "host" not in names:
        given.insert(0, ("Host", "bot.example.com"))
    if not names & {"content-length", "transfer-encoding"}:
        given.append(("Content-Length", str(len(body))))
    if closes:
        given.append(("Connection", "close"))
    lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in given), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def signature_of(form: Form, path: str = INBOUND, token: str = TOKEN) -> str:
    return sign(PUBLIC + path, MultiDict(form), token)


def post(
    form: Form,
    path: str = INBOUND,
    *,
    signature: str | None = None,
    token: str = TOKEN,
    headers: Sequence[Header] = (),
    body: bytes | None = None,
    target: str | None = None,
    method: str = "POST",
    closes: bool = True,
) -> bytes:
    """Return a webhook as Twilio calls `path`, but for what is told otherwise.

    `form` is what is signed, `body` what is sent, `target` where to.
    """
    if signature is None:
        signature = signature_of(form, path, token)
    names = {name.lower() for name, _ in headers}
    given = [*headers, ("X-Twilio-Signature", signature)] if signature else [*headers]
    if "content-type" not in names:
        given.append(("Content-Type", FORM_TYPE))
    content = urlencode(form).encode() if body is None else body
    return build(method, target or path, given, content, closes=closes)


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def exchange(port: int, request: bytes) -> Answer:
    """Send the bytes on a connection of their own; return the one answer."""
    with connect(port) as connection:
        connection.sendall(request)
        return read_answer(connection, request.partition(b" ")[0].decode("latin-1"))


def read_answer(connection: socket.socket, method: str = "POST") -> Answer:
    with HTTPResponse(connection, method=method) as response:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read().decode())


def read_answers(connection: socket.socket, count: int) -> list[Answer]:
    """Return the answers to pipelined requests, in their order."""
    shared = _Once(connection)
    return [read_answer(shared) for _ in range(count)]  # type: ignore[arg-type]


class _Once:
    """A connection whose answers share one buffer: none swallows the next one's."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb")

    def makefile(self, *_: Any) -> Any:
        return _Unclosed(self._file)


class _Unclosed:
    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        """Leave the shared buffer open for the next answer."""
