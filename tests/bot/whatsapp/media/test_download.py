"""Media come from Twilio's own hosts, and our login goes to the API alone."""

import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from bot.knowledge.taking_in.lessons import Lesson, NotLearnedError, NotYetError
from bot.media.fetching import FetchedFile, NotFetchedError, NotYetFetchedError
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.media.addresses import ForeignAddressError, build_path, find_store
from bot.whatsapp.media.download import MOST_BYTES, MediaDownload
from bot.whatsapp.media.lessons import fetching_lessons
from tests.bot.peer import listening, says
from tests.house import PATIENCE
from tests.listening import Request, Response, answering

ACCOUNT = "AC" + "a" * 32
SID = "MM" + "1" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media/ME{'2' * 32}"
URL = f"https://api.twilio.com{PATH}"
STORE = "https://mms.twiliocdn.com"
SECONDS = PATIENCE


class Twilio:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.answers: deque[Response] = deque()

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers.popleft()

    @property
    def logins(self) -> list[str | None]:
        return [request.headers.get("Authorization") for request in self.asked]


def led_to(location: str) -> Response:
    return Response(307, "", {"Location": location})


@contextmanager
def twilio_with(*answers: Response) -> Iterator[tuple[Twilio, MediaDownload]]:
    twilio = Twilio()
    twilio.answers.extend(answers)
    with answering(twilio.answer) as url, download_from(url) as download:
        yield twilio, download


@contextmanager
def download_from(url: str | None) -> Iterator[MediaDownload]:
    account = TwilioAccount(ACCOUNT, ("t0ken",), "whatsapp:+1", api_base_url=url)
    download = MediaDownload(account)
    yield download
    download.close()


def fetch(
    download: MediaDownload, url: str = URL, seconds: float = SECONDS
) -> FetchedFile:
    return download.fetch(SID, url, seconds)


def refusal(download: MediaDownload, url: str = URL) -> str:
    with pytest.raises(NotFetchedError) as raised:
        fetch(download, url)
    return str(raised.value)


def failure(download: MediaDownload, seconds: float = SECONDS) -> NotYetFetchedError:
    with pytest.raises(NotYetFetchedError) as raised:
        fetch(download, seconds=seconds)
    return raised.value


def test_our_login_goes_to_the_api_and_no_further() -> None:
    told = {"Content-Disposition": "inline; filename*=UTF-8''Preise%2F2026%0A.pdf"}
    with twilio_with(led_to("/store/x?s=1"), Response(200, "Rye 3.20", told)) as (
        twilio,
        download,
    ):
        file = fetch(download)
    assert (file.content, file.name) == (b"Rye 3.20", "Preise 2026 .pdf")
    assert [request.path for request in twilio.asked] == [PATH, "/store/x?s=1"]
    assert (twilio.logins[0] or "").startswith("Basic ")
    assert twilio.logins[1] is None


def test_a_redirect_to_somebody_else_is_not_followed() -> None:
    stranger = Twilio()
    with (
        answering(stranger.answer) as elsewhere,
        twilio_with(led_to(f"{elsewhere}/x")) as (twilio, download),
    ):
        assert "no store" in refusal(download)
    assert (len(twilio.asked), stranger.asked) == (1, [])


def test_a_second_redirect_is_not_followed() -> None:
    with twilio_with(led_to("/store/x"), led_to("/store/y")) as (twilio, download):
        assert "HTTP 307" in refusal(download)
    assert len(twilio.asked) == 2


def test_a_store_whose_name_leads_to_this_machine_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    looked_up, real = [], socket.getaddrinfo

    def lead_here(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        looked_up.append(host)
        return real("127.0.0.1", port, *args, **more)

    with (
        listening(says(b"")) as peer,
        twilio_with(led_to(f"{STORE}/AC/x")) as (_twilio, download),
    ):
        monkeypatch.setattr(socket, "getaddrinfo", lead_here)
        assert "private" in refusal(download)
        monkeypatch.undo()
        socket.create_connection(("127.0.0.1", peer.port)).close()
    assert looked_up[-1] == "mms.twiliocdn.com"
    assert peer.heard == [""], "only what ended the peer"


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("a" * 32, "b" * 32),
        URL.replace("1" * 32, "3" * 32),
        f"https://evil.example/?{URL}",
        f"{URL}/../../x",
        f"{URL}?x=y",
        "file:///etc/passwd",
        "",
    ],
    ids=["account", "message", "no path", "behind", "query", "file", "nothing"],
)
def test_an_address_of_somebody_else_is_not_asked_for(url: str) -> None:
    with twilio_with() as (twilio, download):
        assert "address" in refusal(download, url)
    assert twilio.asked == []


def test_the_host_in_a_stored_address_counts_for_nothing() -> None:
    assert build_path(f"https://evil.example{PATH}", ACCOUNT, SID) == PATH


@pytest.mark.parametrize(
    ("location", "goes_to"),
    [
        (f"{STORE}/AC/x?Expires=1", (STORE, "/AC/x?Expires=1")),
        (
            "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC/x",
            ("https://s3-external-1.amazonaws.com", "/media.twiliocdn.com/AC/x"),
        ),
        ("/store/x", ("https://api.twilio.com", "/store/x")),
        (
            "https://media.eu1.twilio.com/x",
            ("https://media.eu1.twilio.com", "/x"),
        ),
        ("https://media.example.com/x", ("https://media.example.com", "/x")),
        ("https://a.example.org/x", ("https://a.example.org", "/x")),
        ("https://b.media.example.com/x", None),
        ("https://example.org/x", None),
        ("https://eviltwilio.com/x", None),
        ("https://twilio.com/x", None),
        ("http://mms.twiliocdn.com/x", None),
        ("https://s3-external-1.amazonaws.com/others/x", None),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/../others/x", None),
        ("https://mms.twiliocdn.com.evil.example/x", None),
        ("https://x@mms.twiliocdn.com/x", None),
        ("https://mms.twiliocdn.com:22/x", None),
        ("//evil.example/x", None),
        (f"{STORE}/a b", None),
    ],
)
def test_stores_are_known_by_name(
    location: str, goes_to: tuple[str, str] | None
) -> None:
    more = ("media.example.com", "*.example.org")
    if goes_to:
        assert find_store(location, PATH, "https://api.twilio.com", more) == goes_to
        return
    with pytest.raises(ForeignAddressError):
        find_store(location, PATH, "https://api.twilio.com", more)


def test_a_body_without_end_is_given_up() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2 * MOST_BYTES // 65536):
            connection.sendall(b"x" * 65536)

    with (
        listening(flood) as peer,
        download_from(f"http://127.0.0.1:{peer.port}") as download,
    ):
        assert refusal(download) == "it is larger than 16 MB"


@pytest.mark.parametrize(
    ("answer", "most_tries", "pause"),
    [
        (Response(404, {}), 5, None),  # the webhook came first
        (Response(503, {}, {"Retry-After": "7"}), None, 7.0),
        (Response(429, {}), None, None),
    ],
)
def test_what_may_come_later_is_told_apart(
    answer: Response, most_tries: int | None, pause: float | None
) -> None:
    with twilio_with(answer) as (_twilio, download):
        error = failure(download)
    assert (error.most_tries, error.retry_after) == (most_tries, pause)


def stays_silent(connection: socket.socket) -> None:
    connection.recv(1)  # until the other side has gone


def test_silence_ends_and_a_refused_login_is_ours_to_mend() -> None:
    with (
        listening(stays_silent) as peer,
        download_from(f"http://127.0.0.1:{peer.port}") as download,
    ):
        assert failure(download, seconds=0.3).most_tries is None
    with twilio_with(Response(401, {})) as (_twilio, download):
        assert "login" in refusal(download)


def test_a_teacher_is_told_what_became_of_a_lesson() -> None:
    lesson = Lesson(message_sid=SID, url=URL)
    with twilio_with(Response(200, "Rye"), Response(401, {}), Response(404, {})) as (
        _twilio,
        download,
    ):
        learn = fetching_lessons(download.fetch)
        assert learn(lesson, SECONDS).content == b"Rye"
        with pytest.raises(NotLearnedError, match="Our team has to look at it"):
            learn(lesson, SECONDS)
        with pytest.raises(NotYetError) as raised:
            learn(lesson, SECONDS)
    assert raised.value.most_tries == 5


def test_a_dripping_body_ends_with_the_time_for_all_of_it() -> None:
    def drips(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)

    with (
        listening(drips) as peer,
        download_from(f"http://127.0.0.1:{peer.port}") as download,
    ):
        assert "too long" in str(failure(download, seconds=0.3))
