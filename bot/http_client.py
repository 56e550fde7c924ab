"""One server and the connections to it, which are kept; nothing is asked twice."""

import http.client
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from bot.http_bounds import (
    CALL,
    IDLE_SECONDS,
    Address,
    Call,
    HttpError,
    LookUp,
    build_pool,
    find_proxy,
)

PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whatever its status; `headers` know no upper case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def look_up(host: str, port: int) -> list[Address]:
    """Return where a host can be reached. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [address for *_, address in found]


class HttpServer:
    """The kept connections to one server; safe to call from many threads.

    Beyond `most_kept` connections at once the others are closed after their answer, and
    so is, later, what nobody used for `most_idle` seconds. A proxy that the environment
    names is used, but for a server on this machine. `authorities` is a file or folder
    of certificates; None: the system's. Raises HttpError where one can't be used.
    """

    def __init__(
        self,
        origin: str,
        authorities: str | None,
        most_kept: int,
        most_bytes: int,
        most_idle: float = IDLE_SECONDS,
    ) -> None:
        self._most_bytes = most_bytes
        self._look_up: LookUp = look_up
        proxy = self._find_proxy(origin)
        # A proxy that makes no tunnel is asked for whole addresses.
        self._before_path = origin if proxy and origin.startswith("http:") else ""
        self._pool = build_pool(origin, proxy, authorities, most_kept, most_idle)
        self._lock = threading.Lock()
        self._calls: set[Call] = set()
        self._closed = False

    def request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        deadline: float,
    ) -> Answer:
        """Ask once, and return any answer that comes whole before the deadline.

        `deadline` is of time.monotonic; looking the host's name up may outlast it, but
        then nothing is sent. No redirect is followed. Raises HttpError.
        """
        call = Call(deadline, self._most_bytes, self._look_up)
        self._begin(call)
        before = CALL.set(call)
        try:
            return self._ask(call, method, path, headers, body)
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise call.explain(error) from error
        finally:
            CALL.reset(before)
            self._end(call)

    def close(self) -> None:
        """End all connections; requests under way and later ones fail."""
        with self._lock:
            self._closed = True
            calls = list(self._calls)
        for call in calls:
            call.abort()
        self._pool.close()

    def _find_proxy(self, origin: str) -> str | None:
        return find_proxy(origin)

    def _begin(self, call: Call) -> None:
        with self._lock:
            if self._closed:
                raise HttpError("it was closed", may_have_arrived=False)
            self._calls.add(call)

    def _end(self, call: Call) -> None:
        with self._lock:
            self._calls.discard(call)

    def _ask(
        self,
        call: Call,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
    ) -> Answer:
        answer = self._pool.urlopen(
            method,
            self._before_path + path,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=call.time_left(),
            preload_content=False,
        )
        try:
            whole = _read_whole(answer, call)
        except BaseException:
            answer.close()
            raise
        finally:
            answer.release_conn()
        return Answer(answer.status, answer.headers, whole)


class PinnedServer(HttpServer):
    """A server that is reached where `look_up` says and nowhere else.

    So there is no proxy, which would look it up anew. What `look_up` raises reaches
    whoever asks, unless it is an OSError.
    """

    def __init__(self, origin: str, most_bytes: int, look_up: LookUp) -> None:
        super().__init__(origin, None, 1, most_bytes)
        self._look_up = look_up

    def _find_proxy(self, origin: str) -> str | None:  # noqa: ARG002  (as above)
        return None


def _read_whole(answer: BaseHTTPResponse, call: Call) -> bytes:
    """Return the body, unpacked; its size is counted so: a packed one may be a bomb."""
    whole = bytearray()
    while piece := answer.read(PIECE):
        whole += piece
        call.bound(len(whole))
    return bytes(whole)
