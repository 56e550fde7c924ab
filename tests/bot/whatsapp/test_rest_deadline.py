"""One time for a whole request to Twilio, whatever the other side sends meanwhile."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from requests.exceptions import RequestException

from bot.whatsapp.outcomes import explain
from bot.whatsapp.rest_client import MOST_BYTES, RebasedHttpClient

SECONDS = 0.6
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
Talk = Callable[[socket.socket], None]


def drips(sent_at_once: bytes) -> Talk:
    """Send a byte every moment, and no end."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(sent_at_once)
        for _ in range(100):
            time.sleep(SECONDS / 10)
            connection.sendall(b"x")

    return talk


def answers(connection: socket.socket) -> None:
    for _ in range(2):  # over one connection
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        connection.recv(65536)


def floods(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    for _ in range(2 * MOST_BYTES // 65536):
        connection.sendall(b"x" * 65536)


@contextmanager
def listening(talk: Talk, ended: threading.Event | None = None) -> Iterator[str]:
    """Talk to whoever comes first; say when all is said, or nobody listens."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                talk(connection)
            except OSError:
                return
            finally:
                if ended:
                    ended.set()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join()
    listener.close()


@pytest.mark.parametrize(
    "talk",
    [
        drips(b""),
        drips(HEAD + b"X-Slow: "),
        drips(HEAD + b"Content-Length: 1000\r\n\r\n"),
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"),
        drips(HEAD + b"\r\n"),
        lambda _: time.sleep(4 * SECONDS),
    ],
    ids=["status line", "header", "body", "chunks", "endless", "silence"],
)
def test_a_drip_holds_a_request_no_longer_than_silence_does(talk: Talk) -> None:
    ended = threading.Event()
    with listening(talk, ended) as origin:
        client = RebasedHttpClient(origin, SECONDS)
        with pytest.raises(RequestException) as raised:
            client.request("POST", "https://api.twilio.com/x", data={"Body": "Hi"})
        assert not ended.is_set(), "the other side had not said all"
        client.session.close()
    assert explain(raised.value).outcome == "unknown"


def test_a_flood_is_cut_off() -> None:
    with listening(floods) as origin:
        client = RebasedHttpClient(origin, 30 * SECONDS)
        with pytest.raises(RequestException, match="too large") as raised:
            client.request("POST", "https://api.twilio.com/x", data={"Body": "Hi"})
        client.session.close()
    assert explain(raised.value).outcome == "unknown"


def test_a_connection_that_is_kept_begins_each_request_anew() -> None:
    with listening(answers) as origin:
        client = RebasedHttpClient(origin, SECONDS)
        for _ in range(2):
            answer = client.request("POST", "https://api.twilio.com/x", data={})
            assert (answer.status_code, answer.text) == (201, "{}")
            time.sleep(SECONDS)
        client.session.close()
