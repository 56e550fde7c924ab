"""Fetching pages: what comes, within bounds, and never from where only we can reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.http_bounds import Address
from bot.knowledge.taking_in.fetching import FetchError, fetch, may_be_fetched
from tests.listening import Forgiving, listening

PAGE = b"<html><title>Prices</title><p>Rye bread: 4.50</p></html>"


class Pages(BaseHTTPRequestHandler):
    """A small site; what was asked for is noted."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        way, _, target = self.path.partition("?")
        if way in {"/to", "/nowhere"}:
            self.send_response(302)
            if target:
                self.send_header("location", target)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        known = {"/prices": 200, "/long": 200}
        body = PAGE * (100 if self.path == "/long" else 1)
        self.send_response(known.get(self.path, 404))
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(Forgiving, ThreadingHTTPServer):
    """One whose pages may be too long to be read to their end."""


@contextmanager
def serving() -> Iterator[int]:
    Pages.asked = []
    with listening(Server(("127.0.0.1", 0), Pages)) as server:
        yield server.server_port


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as port:
        yield port


class Names:
    """Where hosts lead to, in the tests: all to this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []

    def look_up(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        return [("10.0.0.1" if host == "intern" else "127.0.0.1", port)]

    def is_allowed(self, address: Address) -> bool:
        return address == ("127.0.0.1", self.port)

    def fetch(self, path: str, host: str = "bakery.example", **more: float) -> bytes:
        url = f"http://{host}:{self.port}{path}"
        bounds = {"most_bytes": 2000, **more}
        page = fetch(url, self.is_allowed, self.look_up, **bounds)  # type: ignore[arg-type]
        assert page.url == url
        assert page.content_type == "text/html; charset=utf-8"
        return page.content


def test_a_page_comes_with_its_type_over_redirects(port: int) -> None:
    names = Names(port)
    assert names.fetch("/prices") == PAGE
    assert names.fetch("/to?/to?/prices") == PAGE
    assert names.fetch(f"/to?http://www.bakery.example:{port}/prices") == PAGE
    # Each host is looked up once for each connection, and goes where that was.
    assert names.asked == [*["bakery.example"] * 5, "www.bakery.example"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/nothing", "answered 404"),
        ("/long", "it has more than"),
        ("/to?" * 6 + "/prices", "redirects more than 5 times"),
        ("/to?file:///etc/passwd", "only addresses of http and https"),
        ("/nowhere", "redirects to nowhere"),
        ("/to?http://ana:secret@bakery.example/", "a user or a password"),
        ("/to?http://intern/", "not of the public internet"),
        ("/to?http://bakery.example:1/", "not of the public internet"),
    ],
)
def test_what_can_not_be_had_is_told_in_a_sentence(
    port: int, path: str, says: str
) -> None:
    with pytest.raises(FetchError, match=says) as told:
        Names(port).fetch(path)
    assert "secret" not in str(told.value)


def test_a_private_address_is_refused_before_a_byte_is_sent(port: int) -> None:
    with pytest.raises(FetchError, match="not of the public internet"):
        fetch(f"http://127.0.0.1:{port}/prices")
    with pytest.raises(FetchError, match="not of the public internet"):
        fetch(f"http://[::ffff:127.0.0.1]:{port}/prices")
    names = Names(port)
    both = [("127.0.0.1", port), ("10.0.0.1", port)]
    with pytest.raises(FetchError, match="not of the public internet"):
        fetch("http://x.example/", names.is_allowed, lambda _host, _port: both)
    assert Pages.asked == []


def test_a_proxy_of_the_environment_is_not_asked(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert Names(port).fetch("/prices") == PAGE


def test_only_the_ports_of_the_web_are_asked() -> None:
    assert may_be_fetched(("93.184.216.34", 443))
    assert not may_be_fetched(("93.184.216.34", 22))
    assert not may_be_fetched(("10.0.0.1", 443))


@pytest.mark.parametrize("url", ["http://a b/", "http://a\0b/", "http://[::1/"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(FetchError, match="check how it is written"):
        fetch(url)


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f.1", "%31%32%37.1"])
def test_a_private_address_is_seen_however_it_is_written(host: str) -> None:
    with pytest.raises(FetchError, match="not of the public internet"):
        fetch(f"http://{host}/")
