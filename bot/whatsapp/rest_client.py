"""HTTP to Twilio's REST API: to a set origin, and bounded in time and size.

The timeout of `requests` is one for each read: a server that sends a byte now and then
would hold a send for as long as it likes.
"""

import http.client
import io
import json
import socket
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot.environment import LOOPBACK
from bot.pauses import read_pause

# These may say for how long to wait: https://www.twilio.com/docs/api/errors/20429
BUSY = frozenset({429, 503})
MOST_CONNECTIONS = 128
# Its largest page, of a thousand messages, has some two MB.
MOST_BYTES = 16 * 1024 * 1024
_deadline: ContextVar[float] = ContextVar("deadline")


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


class RebasedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Sends every request to another origin (TWILIO_API_BASE_URL); paths stay.

    `seconds` are for all of a request, from the connection to the last byte.
    """

    def __init__(self, origin: str | None, seconds: float) -> None:
        super().__init__(timeout=seconds, pool_connections=True)
        # The SDK keeps six connections; the worker's threads need one each.
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _Adapter(pool_maxsize=MOST_CONNECTIONS))
        self._seconds = seconds
        self._origin = urlsplit(origin) if origin else None
        if self._origin and self._origin.hostname in LOOPBACK:
            self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Send the request, to the other origin if there is one.

        Raises BusyError where the answer, which the SDK would throw away, asks to wait.
        """
        if self._origin:
            asked = urlsplit(url)
            url = urlunsplit((*self._origin[:2], asked.path, asked.query, ""))
        _deadline.set(time.monotonic() + self._seconds)
        answer = super().request(method, url, *args, **kwargs)
        seconds = read_pause(answer.headers) if answer.status_code in BUSY else None
        if seconds is not None:
            raise BusyError(answer.status_code, answer.text, seconds)
        return answer


class _TimedReader(io.RawIOBase):
    """A socket's bytes, for as long as the request may take, and not endlessly many."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._bytes = connection.makefile("rb", buffering=0)
        self._deadline = _deadline.get()
        self._bytes_left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        self._connection.settimeout(left)
        read = self._bytes.readinto(buffer)
        self._bytes_left -= read or 0
        if self._bytes_left < 0:
            raise OSError("the answer is too large")
        return read

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager
