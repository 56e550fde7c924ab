"""HTTP to another server: asked once, bounded, and plain about what never left."""

import base64
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.http_bounds import HttpError, TooLargeError, TooLateError
from bot.http_client import Answer, HttpServer
from tests.bot.peer import OK, OPENSSL, hear, listening, make_certificate, says
from tests.house import PATIENCE
from tests.ports import free_port

MOST_BYTES = 100_000
SECONDS = PATIENCE
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@contextmanager
def server(origin: str, authorities: Path | None = None) -> Iterator[HttpServer]:
    made = HttpServer(origin, str(authorities) if authorities else None, 2, MOST_BYTES)
    yield made
    made.close()


def ask(asked: HttpServer, seconds: float = SECONDS) -> Answer:
    return asked.request("POST", "/x", {}, b"Body=Hi", time.monotonic() + seconds)


def fails(asked: HttpServer, seconds: float = SECONDS) -> HttpError:
    with pytest.raises(HttpError) as raised:
        ask(asked, seconds)
    return raised.value


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_a_connection_is_kept_and_an_ended_one_made_anew() -> None:
    gone = threading.Event()

    def says_twice_and_goes(connection: socket.socket) -> None:
        says(OK, OK)(connection)
        connection.shutdown(socket.SHUT_RDWR)
        gone.set()

    with (
        listening(says_twice_and_goes, says(OK)) as peer,
        server(f"http://127.0.0.1:{peer.port}") as asked,
    ):
        assert [ask(asked).body, ask(asked).body] == [b"{}", b"{}"]
        gone.wait(SECONDS)
        assert ask(asked).status == 200
    assert len(peer.heard) == 2, "connections"


def test_a_connection_that_nobody_used_for_long_is_ended_and_made_anew() -> None:
    ended = threading.Event()

    def says_and_waits(connection: socket.socket) -> None:
        connection.sendall(OK)
        connection.settimeout(SECONDS)
        if not connection.recv(1):
            ended.set()

    with listening(says_and_waits, says(OK)) as peer:
        origin = f"http://127.0.0.1:{peer.port}"
        asked = HttpServer(origin, None, 2, MOST_BYTES, most_idle=0)
        ask(asked)
        assert ended.wait(SECONDS)
        assert ask(asked).status == 200
        asked.close()
    assert len(peer.heard) == 2, "connections"


def test_what_may_have_arrived_is_not_asked_again() -> None:
    heard: list[str] = []

    def answers_once(connection: socket.socket) -> None:
        connection.sendall(OK)
        heard.append(hear(connection))

    with (
        listening(answers_once) as peer,
        server(f"http://127.0.0.1:{peer.port}") as asked,
    ):
        ask(asked)
        assert fails(asked).may_have_arrived
    assert len(peer.heard + heard) == 2, "one request for each time it was asked"


def test_nothing_arrives_where_nobody_listens(proxies: pytest.MonkeyPatch) -> None:
    with server(f"http://127.0.0.1:{free_port()}") as asked:
        assert not fails(asked).may_have_arrived
    with server("http://nowhere.invalid") as asked:
        assert not fails(asked).may_have_arrived


def test_neither_a_redirect_nor_a_refusal_is_anything_but_an_answer() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
    away = b"HTTP/1.1 503 Away\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
    with (
        listening(says(moved, away)) as peer,
        server(f"http://127.0.0.1:{peer.port}") as asked,
    ):
        assert ask(asked).headers["location"] == "/y"
        answer = ask(asked)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("size", [MOST_BYTES // 2, MOST_BYTES + 1])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_has_no_more_bytes_than_agreed(size: int, packed: bool) -> None:
    body = gzip.compress(bytes(size)) if packed else bytes(size)
    head = b"HTTP/1.0 200 OK\r\n" + b"Content-Encoding: gzip\r\n" * packed
    with (
        listening(says(head + b"\r\n" + body)) as peer,
        server(f"http://127.0.0.1:{peer.port}") as asked,
    ):
        if size > MOST_BYTES:
            assert isinstance(fails(asked), TooLargeError)
        else:
            assert len(ask(asked).body) == size


def test_whoever_waits_is_freed_when_all_is_closed() -> None:
    heard, freed = threading.Event(), threading.Event()

    def says_nothing(_: socket.socket) -> None:
        heard.set()
        freed.wait(SECONDS)

    with (
        listening(says_nothing) as peer,
        server(f"http://127.0.0.1:{peer.port}") as asked,
    ):

        def closes() -> None:
            heard.wait(SECONDS)
            asked.close()

        closer = threading.Thread(target=closes)
        closer.start()
        error = fails(asked, 2 * SECONDS)
        assert (str(error), error.may_have_arrived) == ("it was closed", True)
        freed.set()
        closer.join()
        assert not fails(asked).may_have_arrived


def test_a_proxy_is_asked_for_what_is_outside(proxies: pytest.MonkeyPatch) -> None:
    with listening(says(OK)) as peer:
        proxies.setenv("HTTP_PROXY", f"ana:p%40ss@127.0.0.1:{peer.port}")
        proxies.setenv("NO_PROXY", "inside.invalid")
        with server("http://shop.invalid") as asked:
            assert ask(asked).body == b"{}"
        with server("http://inside.invalid") as asked:
            assert not fails(asked).may_have_arrived
    (head,) = peer.heard
    assert head.startswith("POST http://shop.invalid/x HTTP/1.1\r\nHost: shop.invalid")
    account = base64.b64encode(b"ana:p@ss").decode()
    assert f"proxy-authorization: Basic {account}\r\n" in head


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 407 Who?\r\n\r\n", b"HTTP/1.1 502 No\r\n\r\n", b"", b"no HTTP"],
)
def test_what_a_proxy_leads_nowhere_never_arrived(
    proxies: pytest.MonkeyPatch, answer: bytes
) -> None:
    with listening(says(answer)) as peer:
        proxies.setenv("HTTPS_PROXY", f"http://ana:secret@127.0.0.1:{peer.port}")
        with server("https://shop.invalid") as asked:
            error = fails(asked)
    assert not error.may_have_arrived
    assert "secret" not in str(error)
    assert peer.heard[0].startswith("CONNECT shop.invalid:443 ")


def test_nothing_is_sent_after_the_deadline(proxies: pytest.MonkeyPatch) -> None:
    """A proxy that is slow has used up the time of the request itself."""

    def drips(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK":
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    with listening(drips) as peer:
        proxies.setenv("ALL_PROXY", f"http://127.0.0.1:{peer.port}")
        with server("https://shop.invalid") as asked:
            error = fails(asked, 0.2)
    assert isinstance(error, TooLateError)
    assert not error.may_have_arrived


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://[::"])
def test_a_proxy_that_is_none_is_said(proxies: pytest.MonkeyPatch, proxy: str) -> None:
    proxies.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(HttpError, match="the environment's proxy"):
        HttpServer("https://shop.invalid", None, 2, MOST_BYTES)


def test_an_address_that_is_silent_leaves_time_for_the_next(
    proxies: pytest.MonkeyPatch,
) -> None:
    resolve = socket.getaddrinfo

    def finds_two(host: str, *how: Any, **named: Any) -> list[Any]:
        if host != "shop.invalid":
            return resolve(host, *how, **named)
        return [(0, 0, 0, "", ("127.0.0.1", port)) for port in (silent, peer.port)]

    with full() as silent, listening(says(OK)) as peer:
        proxies.setattr(socket, "getaddrinfo", finds_two)
        with server("http://shop.invalid") as asked:
            assert ask(asked, 3.0).body == b"{}"


@contextmanager
def full() -> Iterator[int]:
    """A port that takes nobody any more: who comes hears nothing."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not OPENSSL:
        pytest.skip("needs openssl")
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_who_shows_a_trusted_certificate_is_asked(certificate: Path) -> None:
    with (
        listening(says(OK, OK), tls=certificate) as peer,
        server(f"https://localhost:{peer.port}", certificate) as asked,
    ):
        assert [ask(asked).body, ask(asked).body] == [b"{}", b"{}"]


def test_a_request_is_written_at_once(certificate: Path) -> None:
    """What TLS gives is what was written: in pieces, the second may wait for an ACK."""
    read: list[bytes] = []

    def reads_once(connection: socket.socket) -> None:
        connection.sendall(OK)
        read.append(connection.recv(65536))
        connection.sendall(OK)

    with (
        listening(reads_once, tls=certificate) as peer,
        server(f"https://localhost:{peer.port}", certificate) as asked,
    ):
        ask(asked)
        ask(asked)
    assert read[0].endswith(b"\r\n\r\nBody=Hi")


@pytest.mark.parametrize(
    ("host", "trusted"), [("127.0.0.1", True), ("localhost", False)]
)
def test_another_one_gets_nothing(certificate: Path, host: str, trusted: bool) -> None:
    with (
        listening(says(OK), tls=certificate) as peer,
        server(
            f"https://{host}:{peer.port}", certificate if trusted else None
        ) as asked,
    ):
        error = fails(asked)
    assert (str(error), error.may_have_arrived) == ("SSLError", False)
    assert peer.heard == []


def test_certificates_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(HttpError, match="nothing"):
        HttpServer("https://localhost", str(tmp_path / "nothing.pem"), 2, MOST_BYTES)
