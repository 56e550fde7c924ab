"""The gunicorn worker under `bot web`: slow clients hold none of its threads.

It overrides the inside of gunicorn's gthread worker, so gunicorn is pinned below its
next major release (pyproject.toml). Overridden are init_process, enqueue_req, handle,
finish_request, murder_pending, notify and handle_error; used besides are poller, tpool,
method_queue, keepalived_conns, nr_conns, worker_connections, on_client_socket_readable,
and of a TConn sock, parser (its unreader), timeout, init, set_timeout and close.
tests/hostile holds what it does.
"""

import logging
import re
import selectors
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Literal

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import TConn, ThreadWorker

log = logging.getLogger(__name__)

# From its first byte a request has this long to arrive, however it drips.
ARRIVAL_SECONDS = 5.0
# By then Twilio has given up:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
WHOLE_SECONDS = 15.0
LEAVING_SECONDS = 2.0
ODD_THREADS = 2
MOST_ODD = 8
LONGEST_HEAD = 16 * 1024
# Above what the application takes, so that it is the application that refuses.
LONGEST_REQUEST = 96 * 1024
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?:\r\n|$)")
UNFORESEEABLE = re.compile(rb"\r\n(?:transfer-encoding|expect)[ \t]*:")
REFUSALS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}


def how_far(request: bytes) -> Literal["partial", "whole", "odd"]:
    """Tell how far the bytes of a request are; of an odd one they don't tell that."""
    end = request.find(b"\r\n\r\n")
    if end < 0:
        # gunicorn refuses such a line at once; its end would never be seen here.
        has_bare_line_feed = request.count(b"\n") != request.count(b"\r\n")
        too_long = len(request) > LONGEST_HEAD
        return "odd" if has_bare_line_feed or too_long else "partial"
    head = request[:end].lower()
    length = LENGTH.search(head)
    total = end + 4 + (int(length[1]) if length else 0)
    is_unclear = length is None and b"\r\ncontent-length" in head
    if is_unclear or UNFORESEEABLE.search(head) or total > LONGEST_REQUEST:
        return "odd"
    return "whole" if len(request) >= total else "partial"


@dataclass(slots=True)
class Arrival:
    """What has come of a request so far, and when all of it must be there."""

    data: bytearray = field(default_factory=bytearray)
    deadline: float = field(default_factory=lambda: time.monotonic() + ARRIVAL_SECONDS)

    def read(self, conn: TConn) -> bool:
        """Take what is there, without waiting; tell whether it is all that comes."""
        if conn.parser is not None:  # read too far with the request before
            self.data += conn.parser.unreader.take_buffered()
        try:
            received = conn.sock.recv(LONGEST_REQUEST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self.data += received
        return not received


def _keeps_open(job: "Future[bool]") -> bool:
    return not job.cancelled() and job.exception() is None and job.result()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker in which slow clients hold no thread.

    gthread reads requests in its threads, without a deadline: as many slow clients as
    there are threads would stop everybody else. Here the main loop collects requests,
    and threads get them whole. An odd one, of which can't be told when it is whole
    (Twilio sends none), goes to a few threads apart.
    """

    def init_process(self) -> None:
        """Run the worker."""
        self._arriving: dict[TConn, Arrival] = {}  # the oldest first, as
        self._leaving: dict[TConn, float] = {}  # here
        self._in_hand: dict[TConn, float] = {}
        self._lock = threading.Lock()  # for what is in hand
        self._odd_pool = ThreadPoolExecutor(ODD_THREADS)
        self._odd_places = threading.BoundedSemaphore(MOST_ODD)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, if the request on it has arrived."""
        arrival = self._arriving.setdefault(conn, Arrival())
        has_ended = arrival.read(conn)
        state = "whole" if has_ended else how_far(bytes(arrival.data))
        if state == "partial" and arrival.data:
            self._watch(conn, self._read_more)
            return
        del self._arriving[conn]
        if state == "partial":
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            self._watch(conn, self.on_client_socket_readable)
            return
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.data))
        if state == "whole":
            self._submit(self.tpool, conn)
        elif self._odd_places.acquire(blocking=False):
            odd = self._submit(self._odd_pool, conn)
            odd.add_done_callback(lambda _: self._odd_places.release())
        else:
            self._close(conn)

    def _watch(self, conn: TConn, callback: Any) -> None:
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(callback, conn))

    def _read_more(self, conn: TConn, client: socket.socket) -> None:
        self.poller.unregister(client)
        self.enqueue_req(conn)

    def _submit(self, pool: ThreadPoolExecutor, conn: TConn) -> "Future[Any]":
        job = pool.submit(self.handle, conn)
        finish = partial(self.method_queue.defer, self.finish_request, conn)
        job.add_done_callback(finish)
        return job

    def handle(self, conn: TConn) -> Any:
        """Serve a request, in a thread."""
        with self._lock:
            self._in_hand[conn] = time.monotonic() + WHOLE_SECONDS
        try:
            return super().handle(conn)
        finally:
            with self._lock:
                del self._in_hand[conn]

    def finish_request(self, conn: TConn, job: "Future[Any]") -> None:
        """Keep the connection, or close it without waiting for the client to do so."""
        if _keeps_open(job):
            super().finish_request(conn, job)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it is closed already
            self._close(conn)
            return
        self._leaving[conn] = time.monotonic() + LEAVING_SECONDS
        self._watch(conn, self._read_rest)

    def _read_rest(self, conn: TConn, client: socket.socket) -> None:
        """Read what is left: closing before would take the answer back."""
        with suppress(OSError):
            if client.recv(LONGEST_REQUEST):
                return
        self._forget(conn)

    def murder_pending(self) -> None:
        """Close the connections whose time is up."""
        now = time.monotonic()
        late = [c for c, arrival in self._arriving.items() if arrival.deadline < now]
        left = [c for c, until in self._leaving.items() if until < now]
        for conn in (*late, *left):
            self._forget(conn)

    def _forget(self, conn: TConn) -> None:
        self._arriving.pop(conn, None)
        self._leaving.pop(conn, None)
        with suppress(ValueError):
            self.keepalived_conns.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def notify(self) -> None:
        """Tell that this process lives; once a round, between the events."""
        super().notify()
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        now = time.monotonic()
        with self._lock:
            late = [conn for conn, until in self._in_hand.items() if until < now]
        for conn in late:
            with suppress(OSError):  # it has just ended
                conn.sock.shutdown(socket.SHUT_RDWR)

    def _make_room(self) -> None:
        """Close the connection that says nothing for longest: a new one may."""
        since: dict[TConn, float] = {}
        for conn in islice(self.keepalived_conns, 1):
            since[conn] = conn.timeout - self.cfg.keepalive
        for conn, arrival in islice(self._arriving.items(), 1):
            since[conn] = arrival.deadline - ARRIVAL_SECONDS
        for conn, until in islice(self._leaving.items(), 1):
            since[conn] = until - LEAVING_SECONDS
        if since:
            self._forget(min(since, key=since.__getitem__))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Refuse what is no HTTP without repeating it, in the log or the answer."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        log.warning("refused what is no request: %s", type(exc).__name__)
        status, reason = REFUSALS.get(type(exc), (400, "Bad Request"))
        with suppress(OSError):
            util.write_error(client, status, reason, "")
