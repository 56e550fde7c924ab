"""Fetching a message's media: in the worker, bounded, and with care where secrets go.

Our login goes to the API's host alone. It answers with the bytes, or leads once to a
store of Twilio's, which is asked without it. Hosts' names are looked up once, and what
leads into a private network is refused.
"""

import logging
import re
import time
from collections.abc import Sequence
from email.message import Message
from urllib.parse import urlsplit

from urllib3 import make_headers

from bot.environment import LOOPBACK
from bot.http_bounds import HttpError, TooLargeError
from bot.http_client import Answer, HttpServer
from bot.media.fetching import FetchedFile, NotFetchedError, NotYetFetchedError
from bot.pauses import read_pause
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.media.addresses import (
    ForeignAddressError,
    build_path,
    find_store,
    origin_of,
)
from bot.whatsapp.media.network import MOST_CONNECTIONS, PublicServer

log = logging.getLogger(__name__)

# WhatsApp's own limit; a head comes with it.
MOST_BYTES = 16 * 1024 * 1024
HEAD_BYTES = 64 * 1024
SECONDS = 60.0
LONGEST_NAME = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A webhook may come before its media, and a store's address ends after a while.
SOON = frozenset({403, 404, 410})
FEW_TRIES = 5
OUR_LOGIN = frozenset({401, 403})
UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\\/]+")

TOO_LARGE = "it is larger than 16 MB"
MOST_SERVERS = 16


class MediaDownload:
    """Fetches the media of messages to one account; safe to call from many threads."""

    def __init__(self, twilio: TwilioAccount, more_hosts: Sequence[str] = ()) -> None:
        """`more_hosts` may hold media beside Twilio's own: see MEDIA_HOSTS."""
        self._more_hosts = tuple(more_hosts)
        self._account_sid = twilio.account_sid
        self._login = make_headers(basic_auth=":".join(twilio.login))
        self._api = origin_of(twilio)
        self._servers: dict[str, HttpServer] = {}

    def fetch(self, message_sid: str, url: str, seconds: float) -> FetchedFile:
        """Return a message's media, within `seconds` and a minute; `url` is untrusted.

        Raises NotFetchedError, and NotYetFetchedError where it may come another time.
        """
        deadline = time.monotonic() + min(seconds, SECONDS)
        try:
            path = build_path(url, self._account_sid, message_sid)
            answer = self._ask(self._api, path, self._login, deadline)
            if answer.status in REDIRECTS:
                location = answer.headers.get("location", "")
                origin, path = find_store(location, path, self._api, self._more_hosts)
                answer = self._ask(origin, path, {}, deadline)
            elif answer.status in OUR_LOGIN:
                log.error("Twilio refuses our login for media: check TWILIO_AUTH_TOKEN")
                raise NotFetchedError("Twilio refuses our login")
        except ForeignAddressError as error:
            log.error("media were not fetched: %s", error)  # noqa: TRY400
            raise NotFetchedError(str(error)) from error
        return _read(answer)

    def close(self) -> None:
        """End all connections."""
        for server in list(self._servers.values()):
            server.close()

    def _ask(
        self, origin: str, path: str, headers: dict[str, str], deadline: float
    ) -> Answer:
        try:
            return self._server(origin).request("GET", path, headers, None, deadline)
        except TooLargeError as error:
            raise NotFetchedError(TOO_LARGE, is_too_large=True) from error
        except HttpError as error:
            reason = f"media could not be fetched: {error}"
            raise NotYetFetchedError(reason) from error

    def _server(self, origin: str) -> HttpServer:
        """Return the connections to the API or a store; too many end the oldest."""
        if known := self._servers.get(origin):
            return known
        is_beside_us = urlsplit(origin).hostname in LOOPBACK and origin == self._api
        most_bytes = MOST_BYTES + HEAD_BYTES
        made = (
            HttpServer(origin, None, MOST_CONNECTIONS, most_bytes)
            if is_beside_us
            else PublicServer(origin, most_bytes)
        )
        self._end_oldest()
        return self._servers.setdefault(origin, made)

    def _end_oldest(self) -> None:
        stores = [known for known in list(self._servers) if known != self._api]
        oldest = stores[0] if len(stores) >= MOST_SERVERS else ""
        if server := self._servers.pop(oldest, None):
            server.close()


def _read(answer: Answer) -> FetchedFile:
    status = answer.status
    if status == 200:
        if len(answer.body) > MOST_BYTES:
            raise NotFetchedError(TOO_LARGE, is_too_large=True)
        kind = answer.headers.get("content-type")
        return FetchedFile(answer.body, _read_name(answer), kind)
    reason = f"media could not be fetched: HTTP {status}"
    if status in SOON:
        raise NotYetFetchedError(reason, most_tries=FEW_TRIES)
    if status == 429 or status >= 500:
        raise NotYetFetchedError(reason, retry_after=read_pause(answer.headers))
    log.error(reason)
    raise NotFetchedError(reason)


def _read_name(answer: Answer) -> str | None:
    """Return the name that the file had, if it is told: any text at all."""
    told = Message()
    told["Content-Disposition"] = answer.headers.get("content-disposition", "")
    name = told.get_filename() or ""
    return UNSHOWN.sub(" ", name).strip()[:LONGEST_NAME] or None
