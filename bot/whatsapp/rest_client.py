"""HTTP to Twilio's REST API: to a set origin, and bounded in time and size."""

import json
import logging
import os
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3 import make_headers

from bot.http_bounds import HttpError
from bot.http_client import HttpServer
from bot.pauses import read_pause

log = logging.getLogger(__name__)

# What the SDK's calls raise; of an answer that is no JSON a ValueError.
REST_ERRORS = (TwilioException, HttpError, ValueError)
# These may say for how long to wait: https://www.twilio.com/docs/api/errors/20429
BUSY = frozenset({429, 503})
# The SDK keeps six connections; the worker's threads need one each.
MOST_CONNECTIONS = 128
# Its largest page, of a thousand messages, has some two MB.
MOST_BYTES = 16 * 1024 * 1024


class BusyError(TwilioRestException):  # type: ignore[misc]
    """An answer that asks to be left alone for `seconds`."""

    def __init__(self, status: int, text: str, seconds: float) -> None:
        super().__init__(status, "", "busy", code=_read_code(text))
        self.seconds = seconds


def _read_code(text: str) -> int | None:
    try:
        code = json.loads(text).get("code")
    except (ValueError, AttributeError, RecursionError):
        return None
    return code if isinstance(code, int) else None


class RebasedHttpClient(HttpClient):  # type: ignore[misc]
    """Sends every request to another origin (TWILIO_API_BASE_URL); paths stay.

    `seconds` are for all of a request, from the connection to the last byte.
    """

    def __init__(self, origin: str | None, seconds: float) -> None:
        super().__init__(log, is_async=False, timeout=seconds)
        self._origin = origin
        self._seconds = seconds
        self._servers: dict[str, HttpServer] = {}

    def request(self, method: str, url: str, **told: Any) -> Response:
        """Send the request, to the other origin if there is one; follow no redirect.

        Raises BusyError where the answer, which the SDK would throw away, asks to wait;
        HttpError where there is none.
        """
        asked = urlsplit(url)
        query = "&".join(filter(None, (asked.query, _encode(told.get("params")))))
        headers = {**(told.get("headers") or {}), **_identify(told.get("auth"))}
        if method == "GET":  # a list may be long
            headers["Accept-Encoding"] = "gzip"
        answer = self._server(f"{asked.scheme}://{asked.netloc}").request(
            method,
            f"{asked.path}?{query}" if query else asked.path,
            headers,
            _write_body(told.get("data"), headers),
            time.monotonic() + (told.get("timeout") or self._seconds),
        )
        text = answer.body.decode(errors="replace")
        seconds = read_pause(answer.headers) if answer.status in BUSY else None
        if seconds is not None:
            raise BusyError(answer.status, text, seconds)
        return Response(answer.status, text, answer.headers)

    def _server(self, named: str) -> HttpServer:
        origin = self._origin or named
        if known := self._servers.get(origin):
            return known
        made = HttpServer(origin, find_authorities(), MOST_CONNECTIONS, MOST_BYTES)
        return self._servers.setdefault(origin, made)


def find_authorities() -> str:
    """Return whom to trust: where `requests` looks, on which the SDK stands."""
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return named or certifi.where()


def _identify(auth: tuple[str, str] | None) -> dict[str, str]:
    return make_headers(basic_auth=":".join(auth)) if auth else {}


def _write_body(
    data: Mapping[str, object] | None, headers: Mapping[str, str]
) -> bytes | None:
    if data is None:
        return None
    kind = headers.get("Content-Type", "")
    return (json.dumps(data) if "json" in kind else _encode(data)).encode()


def _encode(fields: Mapping[str, object] | None) -> str:
    """Return a form; a field with several values stands in it several times."""
    given = {name: value for name, value in (fields or {}).items() if value is not None}
    return urlencode(given, doseq=True)
