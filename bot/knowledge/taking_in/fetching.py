"""Pages and files of the web, fetched from public addresses only.

Whoever names an address, or redirects us, may mean a server that only we can reach: our
own network, a cloud's metadata. So a name is looked up once, all that it leads to is
looked at, and the connection goes there and nowhere else. A proxy would look it up
anew: none is used.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urljoin, urlsplit

from bot.http_bounds import Address, HttpError, LookUp, TooLargeError
from bot.http_client import Answer, PinnedServer, look_up
from bot.public_addresses import is_public
from db.errors import OperatorError
from db.records import MOST_CONTENT_BYTES

SECONDS = 60.0
MOST_REDIRECTS = 5
LONGEST_URL = 2000
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = {
    "accept": "text/html, application/pdf, text/*;q=0.9, */*;q=0.5",
    "accept-encoding": "identity",
    "user-agent": "whatsapp-llm-bot",
}
NO_ADDRESS = "that is no address of a page: check how it is written"
IsAllowed = Callable[[Address], bool]


class FetchError(OperatorError):
    """A page can't be had: one sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched; `content_type` is what its server calls it."""

    url: str
    content: bytes = field(repr=False)
    content_type: str | None


def may_be_fetched(address: Address) -> bool:
    """Tell whether an address, as `socket` has it, is public, and a port of the web."""
    return is_public(str(address[0])) and address[1] in PORTS.values()


def fetch(
    url: str,
    is_allowed: IsAllowed = may_be_fetched,
    look_up: LookUp = look_up,
    seconds: float = SECONDS,
    most_bytes: int = MOST_CONTENT_BYTES,
) -> Page:
    """Return a page or file, its redirects followed, within `seconds` for all of it.

    `is_allowed` is asked about every address that a host has, at each redirect anew.
    Raises FetchError.
    """
    deadline = time.monotonic() + seconds
    pinned = partial(_look_up, look_up, is_allowed)
    at = url
    for _ in range(MOST_REDIRECTS + 1):
        answer = _ask(at, pinned, deadline, most_bytes)
        if answer.status not in REDIRECTS:
            return _read(url, answer)
        target = answer.headers.get("location")
        if not target:
            raise FetchError("its server redirects to nowhere: name the page it means")
        at = urljoin(at, target)
    raise FetchError(
        f"it redirects more than {MOST_REDIRECTS} times: name the page it leads to"
    )


def _look_up(
    look_up: LookUp, is_allowed: IsAllowed, host: str, port: int
) -> list[Address]:
    """Return a host's addresses, of which none may be private.

    The error is no OSError: it reaches whoever fetches, not who would try again.
    """
    found = look_up(host, port)
    if not all(map(is_allowed, found)):
        raise FetchError(
            "it leads to an address that is not of the public internet (or to another "
            "port than 80 and 443): save the page, and add that file"
        )
    return found


def _ask(url: str, pinned: LookUp, deadline: float, most_bytes: int) -> Answer:
    origin, path = _split(url)
    try:
        server = PinnedServer(origin, most_bytes, pinned)
    except HttpError:
        raise FetchError(NO_ADDRESS) from None
    try:
        return server.request("GET", path, dict(HEADERS), None, deadline)
    except TooLargeError:
        most = most_bytes // 2**20
        raise FetchError(f"it has more than {most} MB: split it") from None
    except HttpError as error:
        raise FetchError(
            f"its server gave no answer ({error}): open it in a browser, and try again"
        ) from None
    finally:
        server.close()


def _split(url: str) -> tuple[str, str]:
    """Return a URL's origin and path, all in ASCII."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise FetchError(NO_ADDRESS) from None
    if parts.scheme not in PORTS or not host or len(url) > LONGEST_URL:
        raise FetchError("only addresses of http and https pages can be fetched")
    if "@" in parts.netloc:
        raise FetchError(
            "it has a user or a password in it, which are not sent: save the page, and "
            "add that file"
        )
    host = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{host}:{port or PORTS[parts.scheme]}"
    # What is escaped already stays as it is.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return origin, f"{path}?{query}" if query else path


def _read(url: str, answer: Answer) -> Page:
    if answer.status != 200:
        raise FetchError(
            f"its server answered {answer.status}: open it in a browser, without being "
            "logged in"
        )
    return Page(url, answer.body, answer.headers.get("content-type"))
