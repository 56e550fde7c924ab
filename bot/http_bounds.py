"""HTTP connections: bounded in time and size, the road they take, whom they trust.

A timeout of the libraries below is one for each read: a server that sends a byte now
and then would hold a thread for as long as it likes.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import (
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    make_headers,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.connection import create_connection
from urllib3.util.ssl_ import create_urllib3_context

from bot.environment import LOOPBACK

# A connection that was idle for longer may be gone without a word: routers forget.
IDLE_SECONDS = 60.0
# For an address of a host, where it has others.
ADDRESS_SECONDS = 3.0


Address = tuple[Any, ...]  # as socket has it: host, port, ...
LookUp = Callable[[str, int], list[Address]]


class HttpError(Exception):
    """A request without an answer. `may_have_arrived`: its first byte was written."""

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.may_have_arrived = may_have_arrived


class TooLateError(HttpError):
    """The time for the whole request is over."""


class TooLargeError(HttpError):
    """The answer has more bytes than were agreed to."""


@dataclass(slots=True, eq=False)
class Call:
    """A request under way; it goes to an address that `look_up` returns."""

    deadline: float
    most_bytes: int
    look_up: LookUp
    connection: HTTPConnection | None = None
    may_have_arrived: bool = False
    is_too_large: bool = False

    def time_left(self) -> float:
        """Return the seconds that are left; raises TimeoutError where none are."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def bound(self, size: int) -> None:
        """Raise OSError where an answer has more bytes than were agreed to."""
        if size > self.most_bytes:
            self.is_too_large = True
            raise OSError("too large")

    def abort(self) -> None:
        """End it from another thread than its own, which may be waiting for bytes."""
        self.deadline = 0.0
        connected = self.connection and self.connection.sock
        if connected:
            # Of TLS within TLS what is below; and not by TLS's own method, which takes
            # away what its reader stands on.
            below = getattr(connected, "socket", connected)
            with suppress(OSError):
                socket.socket.shutdown(below, socket.SHUT_RDWR)

    def explain(self, error: Exception) -> HttpError:
        """Say what failed; never in words that may quote the request or a proxy."""
        arrived = self.may_have_arrived
        if self.is_too_large:
            return TooLargeError("the answer is too large", may_have_arrived=arrived)
        if not self.deadline:
            return HttpError("it was closed", may_have_arrived=arrived)
        if time.monotonic() >= self.deadline:
            return TooLateError("it took too long", may_have_arrived=arrived)
        return HttpError(type(error).__name__, may_have_arrived=arrived)


# The one that this thread makes: what is below hands none on.
CALL: ContextVar[Call] = ContextVar("call")


class _TimedReader(io.RawIOBase):
    """A socket's bytes, for as long as the request may take, and not endlessly many."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._bytes = connection.makefile("rb", buffering=0)
        self._call = CALL.get()
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(self._call.time_left())
        read = self._bytes.readinto(buffer)
        self._read += read or 0
        self._call.bound(self._read)
        return read

    def close(self) -> None:
        self._bytes.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class Connection(HTTPConnection):
    """Keeps the deadline of the call that it is used for."""

    response_class = _TimedResponse
    _gathered: list[bytes] | None = None
    idle_since = 0.0

    def _new_conn(self) -> socket.socket:
        """Connect to one of the host's addresses: each gets its share of the time."""
        call = CALL.get()
        call.connection = self
        try:
            found = call.look_up(self._dns_host.strip("[]"), self.port)
            return self._try_each(found, call)
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error

    def _try_each(self, addresses: list[Any], call: Call) -> socket.socket:
        for left in range(len(addresses), 0, -1):
            whole = call.time_left()
            seconds = min(whole / left, ADDRESS_SECONDS) if left > 1 else whole
            try:
                connected = create_connection(
                    addresses[-left][:2], seconds, socket_options=self.socket_options
                )
            except OSError:
                if left == 1:
                    raise
            else:
                connected.settimeout(whole)  # for TLS
                return connected
        raise OSError("the host has no address")

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Connect first: from the first byte on, the request may have arrived.

        It is written whole: in pieces, the second would wait for a proxy's ACK.
        """
        call = CALL.get()
        call.connection = self
        if self.is_closed:
            self.connect()
        whole: list[bytes] = []
        self._gathered = whole
        try:
            super().request(*args, **kwargs)
        finally:
            self._gathered = None
        self.sock.settimeout(call.time_left())
        call.may_have_arrived = True
        self.sock.sendall(b"".join(whole))

    def send(self, data: Any) -> None:
        """Gather a request; write a proxy's CONNECT."""
        if self._gathered is not None:
            self._gathered.append(data)
            return
        self.sock.settimeout(CALL.get().time_left())
        super().send(data)


class SecureConnection(Connection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection
    most_idle = IDLE_SECONDS
    _looked = 0.0

    def _get_conn(self, timeout: float | None = None) -> Any:
        """Return one that is closed, and so connects anew, where it idled for long."""
        taken: Any = super()._get_conn(timeout)
        if time.monotonic() - taken.idle_since >= self.most_idle:
            taken.close()
        return taken

    def _put_conn(self, conn: Any) -> None:
        """Keep it; now and then end all that nobody used for long."""
        now = time.monotonic()
        if conn:
            conn.idle_since = now
        super()._put_conn(conn)
        if now - self._looked >= self.most_idle and (kept := self.pool):
            self._looked = now
            with kept.mutex:
                for other in filter(None, kept.queue):
                    if now - other.idle_since >= self.most_idle:
                        other.close()


class _SecurePool(_Pool, HTTPSConnectionPool):
    ConnectionCls = SecureConnection


def find_proxy(origin: str) -> str | None:
    """Return the proxy that the environment names for who lives there."""
    parts = urlsplit(origin)
    # A proxy for the outside world can't reach a server on this machine.
    if parts.hostname in LOOPBACK or proxy_bypass(parts.netloc):
        return None
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def build_pool(
    origin: str,
    proxy: str | None,
    authorities: str | None,
    most_kept: int,
    most_idle: float,
) -> HTTPConnectionPool:
    """Return the connections to a server. Raises HttpError where none can be made."""
    has_tls = origin.startswith("https:") or bool(proxy and proxy.startswith("https:"))
    trusted = _trust(authorities) if has_tls else None
    settings: dict[str, Any] = {"maxsize": most_kept, "ssl_context": trusted}
    try:
        manager = _lead_through(proxy, settings) if proxy else PoolManager(**settings)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        pool: Any = manager.connection_from_url(origin)
    except (HTTPError, ValueError) as error:
        reason = "the environment's proxy is no address that begins with http or https"
        raise HttpError(reason, may_have_arrived=False) from error
    pool.most_idle = most_idle
    made: HTTPConnectionPool = pool
    return made


def _lead_through(proxy: str, settings: dict[str, Any]) -> ProxyManager:
    account, told, _ = urlsplit(proxy).netloc.rpartition("@")
    headers = make_headers(proxy_basic_auth=unquote(account)) if told else {}
    return ProxyManager(
        proxy,
        proxy_headers=headers,
        proxy_ssl_context=settings["ssl_context"],
        **settings,
    )


def _trust(authorities: str | None) -> ssl.SSLContext:
    """Return what verifies certificates: made once, since reading them takes long."""
    context = create_urllib3_context()
    try:
        if authorities is None:
            context.load_default_certs()
        elif Path(authorities).is_dir():
            context.load_verify_locations(capath=authorities)
        else:
            context.load_verify_locations(cafile=authorities)
    except OSError as error:
        reason = f"no certificates can be read from {authorities}"
        raise HttpError(reason, may_have_arrived=False) from error
    return context
