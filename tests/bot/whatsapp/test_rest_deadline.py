"""One time for a whole request to Twilio, whatever the other side sends meanwhile."""

import gzip
import socket
import threading
import time

import pytest

from bot.http_bounds import HttpError
from bot.whatsapp.outcomes import DeliveryError, explain
from bot.whatsapp.rest_client import MOST_BYTES, RebasedHttpClient
from tests.bot.peer import OK, Talk, listening, says

SECONDS = 0.6
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
PACKED = HEAD + b"Content-Encoding: gzip\r\n\r\n"


def drips(sent_at_once: bytes) -> Talk:
    """Send a byte every moment, and no end."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(sent_at_once)
        for _ in range(100):
            time.sleep(SECONDS / 10)
            connection.sendall(b"x")

    return talk


def floods(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    for _ in range(2 * MOST_BYTES // 65536):
        connection.sendall(b"x" * 65536)


def fails(client: RebasedHttpClient) -> DeliveryError:
    with pytest.raises(HttpError) as raised:
        client.request("POST", "https://api.twilio.com/x", data={"Body": "Hi"})
    return explain(raised.value)


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
    with listening(talk, ended=ended) as peer:
        error = fails(RebasedHttpClient(f"http://127.0.0.1:{peer.port}", SECONDS))
        assert not ended.is_set(), "the other side had not said all"
    assert error.outcome == "unknown"
    assert str(error) == "no answer from Twilio: it took too long"


@pytest.mark.parametrize(
    "talk", [floods, says(PACKED + gzip.compress(bytes(MOST_BYTES + 1)))]
)
def test_a_flood_is_cut_off(talk: Talk) -> None:
    with listening(talk) as peer:
        error = fails(RebasedHttpClient(f"http://127.0.0.1:{peer.port}", 30 * SECONDS))
    assert error.outcome == "unknown"
    assert "too large" in str(error)


def test_a_connection_that_is_kept_begins_each_request_anew() -> None:
    with listening(says(OK, OK)) as peer:
        # As long as a busy machine takes to answer, and is waited for between the two.
        seconds = 3 * SECONDS
        client = RebasedHttpClient(f"http://127.0.0.1:{peer.port}", seconds)
        for pause in (seconds, 0):
            answer = client.request("POST", "https://api.twilio.com/x", data={})
            assert (answer.status_code, answer.text) == (200, "{}")
            time.sleep(pause)


def test_a_proxy_that_leads_nowhere_keeps_a_send_safe_to_repeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = b"HTTP/1.1 407 Who?\r\n\r\n"
    with listening(says(refused)) as peer:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{peer.port}")
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{peer.port}")
        error = fails(RebasedHttpClient(None, 30 * SECONDS))
    assert (error.outcome, peer.heard[0][:22]) == ("safe", "CONNECT api.twilio.com")


def test_whose_certificates_are_believed_can_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    error = fails(RebasedHttpClient("https://127.0.0.1:9", SECONDS))
    assert error.outcome == "safe"
    assert "no certificates can be read from /nowhere/ca.pem" in str(error)


def test_a_form_repeats_a_field_that_has_several_values() -> None:
    with listening(says(OK)) as peer:
        RebasedHttpClient(f"http://127.0.0.1:{peer.port}", 30 * SECONDS).request(
            "POST",
            "https://api.twilio.com/x?Page=1",
            params={"To": "whatsapp:+1", "From": None},
            data={"Body": "é & b", "MediaUrl": ["https://a", "https://b"]},
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=("AC1", "secret"),
        )
    head, _, body = peer.heard[0].partition("\r\n\r\n")
    assert head.startswith("POST /x?Page=1&To=whatsapp%3A%2B1 HTTP/1.1\r\n")
    assert "authorization: Basic QUMxOnNlY3JldA==" in head
    assert body == "Body=%C3%A9+%26+b&MediaUrl=https%3A%2F%2Fa&MediaUrl=https%3A%2F%2Fb"


def test_json_is_sent_where_the_sdk_says_so() -> None:
    with listening(says(OK)) as peer:
        RebasedHttpClient(f"http://127.0.0.1:{peer.port}", 30 * SECONDS).request(
            "POST",
            "https://content.twilio.com/v1/Content",
            data={"types": {"twilio/text": {"body": "Hi"}}},
            headers={"Content-Type": "application/json"},
        )
    assert peer.heard[0].endswith('\r\n\r\n{"types": {"twilio/text": {"body": "Hi"}}}')


def test_a_list_may_come_packed() -> None:
    with listening(says(PACKED + gzip.compress("{ü}".encode()))) as peer:
        client = RebasedHttpClient(f"http://127.0.0.1:{peer.port}", 30 * SECONDS)
        assert client.request("GET", "https://api.twilio.com/x").text == "{ü}"
    assert "accept-encoding: gzip\r\n" in peer.heard[0].lower()
