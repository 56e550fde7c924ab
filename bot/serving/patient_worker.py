"""The gunicorn worker under `bot web`: slow clients hold none of its threads.

It overrides the inside of gunicorn's gthread worker, so gunicorn is pinned below its
next major release (pyproject.toml). Overridden are init_process, enqueue_req, handle,
handle_request, _keepalive_after, finish_request, murder_pending, notify,
wait_for_and_dispatch_events and handle_error; used besides are poller, tpool,
method_queue, keepalived_conns, nr_conns, worker_connections, on_client_socket_readable,
of a TConn sock, parser (its unreader), timeout, init, set_timeout and close, and of a
request force_close. tests/hostile holds what it does.
"""

import fcntl
import logging
import selectors
import socket
import struct
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import TConn, ThreadWorker

from bot.serving.arrival import ARRIVAL_SECONDS, LONGEST_REQUEST, Arrival, HowFar
from db.embedded.processes import ON_LINUX

log = logging.getLogger(__name__)

# By then Twilio has given up:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
WHOLE_SECONDS = 15.0
LEAVING_SECONDS = 2.0
DEAF_SECONDS = 2.0
LOOK_SECONDS = 0.02
ODD_THREADS = 2
MOST_ODD = 8
UNSENT_BYTES = 0x894B  # SIOCOUTQNSD from linux/sockios.h
# Elsewhere unread answers can't be told: so many fit into a connection's buffer.
MOST_REQUESTS = None if ON_LINUX else 20
REFUSALS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}


@dataclass(slots=True)
class Waiting:
    """A request that waits until its client has taken the answers before it."""

    arrival: Arrival
    state: HowFar
    until: float = field(default_factory=lambda: time.monotonic() + DEAF_SECONDS)


def _has_unread(conn: TConn) -> bool:
    """Tell whether a client has not taken all it was sent before (Linux only)."""
    if not ON_LINUX:
        return False
    try:
        unsent = fcntl.ioctl(conn.sock, UNSENT_BYTES, bytes(4))
    except OSError:  # it is closed: whoever writes to it finds out
        return False
    return any(struct.unpack("i", unsent))


def _keeps_open(job: "Future[bool]") -> bool:
    return not job.cancelled() and job.exception() is None and job.result()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker in which slow clients hold no thread.

    gthread reads requests in its threads, without a deadline: as many slow clients as
    there are threads would stop everybody else. Here the main loop collects requests,
    and threads get them whole. An odd one, of which can't be told when it is whole
    (Twilio sends none), goes to a few threads apart. Who asks again without reading
    the answers gets none until they are read: writing to them would wait for them.
    """

    def init_process(self) -> None:
        """Run the worker."""
        self._arriving: dict[TConn, Arrival] = {}  # the oldest first, as
        self._leaving: dict[TConn, float] = {}  # here
        self._in_hand: dict[TConn, float] = {}
        self._lock = threading.Lock()  # for what is in hand
        from bot.observability import REFUSED, NowAndThen  # noqa: PLC0415  (as in server)

        self._refused, self._now_and_then = REFUSED, NowAndThen(log)
        self._deaf: dict[TConn, Waiting] = {}
        self._odd: set[TConn] = set()
        self._served: WeakKeyDictionary[TConn, int] = WeakKeyDictionary()
        self._odd_pool = ThreadPoolExecutor(ODD_THREADS)
        self._odd_places = threading.BoundedSemaphore(MOST_ODD)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection to a thread, if the request on it has arrived."""
        arrival = self._arriving.setdefault(conn, Arrival())
        has_ended = arrival.read(conn)
        state = "whole" if has_ended else arrival.how_far()
        if state == "partial" and arrival.data:
            self._watch(conn, self._read_more)
            return
        del self._arriving[conn]
        if state == "partial":
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            self._watch(conn, self.on_client_socket_readable)
            return
        if _has_unread(conn):
            self._deaf[conn] = Waiting(arrival, state)
        else:
            self._hand_over(conn, arrival, state)

    def _hand_over(self, conn: TConn, arrival: Arrival, state: HowFar) -> None:
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.data))
        if state == "whole":
            self._submit(self.tpool, conn)
        else:
            self._submit_odd(conn)

    def _submit_odd(self, conn: TConn) -> None:
        if not self._odd_places.acquire(blocking=False):
            self._turn_away(conn, 503, "Service Unavailable")
            return
        self._odd.add(conn)
        odd = self._submit(self._odd_pool, conn)
        odd.add_done_callback(lambda _: self._odd_places.release())

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for events, and look after those who had answers to read first."""
        super().wait_for_and_dispatch_events(LOOK_SECONDS if self._deaf else timeout)
        for conn, waiting in list(self._deaf.items()):
            if not _has_unread(conn):
                del self._deaf[conn]
                self._hand_over(conn, waiting.arrival, waiting.state)
            elif waiting.until < time.monotonic():
                del self._deaf[conn]
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

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request, and say so if the connection is closed then.

        It is after an odd one: not all of it may have come, nor ever come.
        """
        self._served[conn] = self._served.get(conn, 0) + 1
        if conn in self._odd or self._served[conn] == MOST_REQUESTS:
            req.force_close()
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Discard what the application left of a request; all of it is here."""
        return bool(keepalive and conn.parser.finish_body())

    def finish_request(self, conn: TConn, job: "Future[Any]") -> None:
        """Keep the connection, or close it without waiting for the client to do so."""
        self._odd.discard(conn)
        if _keeps_open(job):
            super().finish_request(conn, job)
        else:
            self._leave(conn)

    def _turn_away(self, conn: TConn, status: int, reason: str) -> None:
        """Say that a request is not answered, and leave."""
        with suppress(OSError):
            util.write_error(conn.sock, status, reason, "")
        self._leave(conn)

    def _leave(self, conn: TConn) -> None:
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
        for conn in late:
            del self._arriving[conn]
            self.poller.unregister(conn.sock)
            self._turn_away(conn, 408, "Request Timeout")
        for conn in left:
            self._forget(conn)

    def _forget(self, conn: TConn) -> None:
        self._arriving.pop(conn, None)
        self._leaving.pop(conn, None)
        self._deaf.pop(conn, None)
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
        for conn, waiting in islice(self._deaf.items(), 1):
            since[conn] = waiting.until - DEAF_SECONDS
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
        kind = type(exc).__name__
        self._refused.labels(kind).inc()
        self._now_and_then.log(f"refused what is no request: {kind}")
        status, reason = REFUSALS.get(type(exc), (400, "Bad Request"))
        with suppress(OSError):
            util.write_error(client, status, reason, "")
