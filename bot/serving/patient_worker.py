"""The gunicorn worker under `bot web`: slow clients hold none of its threads.

It overrides the inside of gunicorn's gthread worker, its loop and how it closes, and
uses its handle, pool, method_queue, counts and TConn: so gunicorn is pinned below its
next major release (pyproject.toml).
"""

import errno
import logging
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from bot.serving.arrival import refusal_of
from bot.serving.connections import Connection, Watched
from bot.serving.permits import Apart, Permits
from bot.serving.readiness import new_readiness
from db.embedded.processes import ON_LINUX

log = logging.getLogger(__name__)

# As many threads take requests at a time; more share the processors to everybody's harm
# (docs/measurements.md).
PERMITS = 3
# Whose request takes longer waits for something: another thread goes on meanwhile.
LONG_SECONDS = 0.1
LOOK_SECONDS = 0.02
ODD_THREADS = 2
MOST_ODD = 8
# Elsewhere unread answers can't be told: so many fit into a connection's buffer.
MOST_REQUESTS = None if ON_LINUX else 20
# Another process was quicker, or the client has left.
NOBODY_THERE = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A gthread worker in which slow clients hold no thread.

    gthread's loop waits for connections, and gives each to a thread, which reads from
    it without a deadline. Here the threads themselves wait for all of them. Who is
    woken reads what is there, without waiting, and answers if the request is whole with
    it. The loop looks after those whose time is up. An odd request, of which can't be
    told when it is whole (Twilio sends none), goes to a few threads apart. Who asks
    again without reading the answers gets none until they are read: writing to them
    would wait for them.

    A connection is in the hands of who took it from those that are watched.
    """

    def init_process(self) -> None:
        """Run the worker."""
        self._readiness = new_readiness()
        self._watched = Watched(self._readiness)
        self._deaf: dict[int, Connection] = {}  # by number: only the loop takes them
        self._in_hand: dict[int, Connection] = {}
        self._end_of_idling = float("inf")
        self._counting = threading.Lock()
        from bot.observability import REFUSED, NowAndThen  # noqa: PLC0415  (as in server)

        self._refused, self._now_and_then = REFUSED, NowAndThen(log)
        self._apart = Apart(ODD_THREADS, MOST_ODD)
        super().init_process()

    def run(self) -> None:
        """Answer until the process has to end."""
        self._permits = Permits(self.tpool, self._serve)
        for _ in range(PERMITS):
            self._permits.issue()
        try:
            super().run()
        finally:
            self._readiness.end()

    def _serve(self) -> None:
        """Take requests; where that breaks, have gunicorn replace the process.

        Otherwise it would go on with fewer threads, and then with none.
        """
        try:
            self._take_requests()
        except Exception:
            log.exception("a thread that takes requests broke: the process ends")
            self.alive = False
            self._wake_loop()

    def _take_requests(self) -> None:
        """Take what can be read, one after the other, as long as there is a permit."""
        listeners = {listener.fileno(): listener for listener in self.sockets}
        while self._permits.is_held:
            number = self._readiness.next()
            if number is None:
                return
            if number in listeners:
                self.accept(listeners[number])
            elif (conn := self._watched.take(number)) is not None:
                self._go_on(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections, or leave them to other processes."""
        self._accepting = enabled
        for listener in self.sockets:
            if enabled:
                listener.setblocking(False)
                self._readiness.watch(listener)
            else:
                self._readiness.forget(listener)

    def accept(self, listener: Any) -> None:
        """Take a new connection, and what it says already."""
        try:
            client, address = listener.accept()
        except OSError as error:
            self._retry(listener, error)
            return
        conn = Connection(self.cfg, client, address, listener.getsockname())
        self._count(1)
        if self.alive and self.nr_conns < self.worker_connections:
            self._readiness.watch(listener)
        else:
            self._accepting = False
            self._wake_loop()  # which makes room, and alone says that it goes on
        self._go_on(conn)

    def _retry(self, listener: Any, error: OSError) -> None:
        if error.errno in NOBODY_THERE:
            self._readiness.watch(listener)
        else:
            self._now_and_then.log(f"no connection can be taken: {error}")
            self._accepting = False  # the loop tries again in its next round

    def _wake_loop(self) -> None:
        self.method_queue.defer(lambda: None)

    def _count(self, more: int) -> None:
        with self._counting:
            self.nr_conns += more

    def _go_on(self, conn: Connection) -> None:
        """Do what is to be done with a connection, by its stage."""
        try:
            match conn.stage:
                case "odd":
                    self._answer(conn)
                case "leaving" if conn.goes_on_talking():
                    self._watched.add(conn)
                case "leaving":
                    self._close(conn)
                case _:
                    self._read(conn)
        except (Exception, SystemExit):
            log.exception("closing a connection")
            self._close(conn)

    def _read(self, conn: Connection) -> None:
        """Take what is there, without waiting; answer what is whole."""
        has_ended = conn.arrival.read(conn)
        state = "whole" if has_ended else conn.arrival.how_far()
        if state == "partial":
            conn.enter("arriving" if conn.arrival.data else "idle")
            self._watched.add(conn)
        elif conn.has_unread:
            conn.enter("deaf")
            self._deaf[conn.number] = conn
            self._wake_loop()
        elif state == "whole":
            self._answer(conn)
        else:
            conn.enter("odd")
            if not self._apart.takes(partial(self._go_on, conn)):
                self._turn_away(conn, 503, "Service Unavailable")

    def _answer(self, conn: Connection) -> None:
        """Answer the request, and keep the connection, or leave it."""
        conn.go_in_hand()
        self._in_hand[conn.number] = conn
        try:
            goes_on = self.handle(conn)
        finally:
            del self._in_hand[conn.number]
        if not goes_on:
            self._leave(conn)
            return
        conn.rest()
        self._watched.add(conn, at_once=conn.has_read_ahead)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer a request, and say so if the connection is closed then.

        It is after an odd one: not all of it may have come, nor ever come.
        """
        conn.served += 1
        if conn.is_last or conn.served == MOST_REQUESTS:
            req.force_close()
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Discard what the application left of a request; all of it is here."""
        return bool(keepalive and conn.parser.finish_body())

    def _turn_away(self, conn: Connection, status: int, reason: str) -> None:
        conn.refuse(status, reason)
        self._leave(conn)

    def _leave(self, conn: Connection) -> None:
        """Close a connection without waiting for its client to do so."""
        if conn.says_no_more():
            conn.enter("leaving")
            self._watched.add(conn)
        else:
            self._close(conn)

    def _close(self, conn: Connection) -> None:
        if conn.is_closed:  # the loop did while a thread began to watch it
            return
        conn.is_closed = True
        self._readiness.forget(conn.sock)
        conn.close()
        self._count(-1)
        if not (self.alive and self._accepting):
            self._wake_loop()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for a moment, and look after those who had answers to read first."""
        if self._in_hand or not self.alive:
            timeout = min(timeout, LONG_SECONDS)
        super().wait_for_and_dispatch_events(LOOK_SECONDS if self._deaf else timeout)
        now = time.monotonic()
        for conn in list(self._deaf.values()):
            if not conn.has_unread:
                del self._deaf[conn.number]
                self._watched.add(conn, at_once=True)
            elif conn.until() < now:
                del self._deaf[conn.number]
                self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Let nobody be idle for longer: the process ends."""
        self._end_of_idling = deadline

    def murder_keepalived(self, force: bool = False) -> None:
        """Close all connections, when the process ends."""
        for conn in self._watched if force else ():
            if self._watched.takes(conn):
                self._close(conn)

    def murder_pending(self) -> None:
        """Close the connections whose time is up."""
        now = time.monotonic()
        for conn in self._watched:
            if conn.until(self._end_of_idling) < now and self._watched.takes(conn):
                self._give_up(conn)

    def _give_up(self, conn: Connection) -> None:
        if conn.finds_more():
            self._watched.add(conn, at_once=True)
        elif conn.stage == "arriving":
            self._turn_away(conn, 408, "Request Timeout")
        else:
            self._close(conn)

    def notify(self) -> None:
        """Tell that this process lives; once a round."""
        super().notify()
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        now = time.monotonic()
        for conn in list(self._in_hand.values()):
            if conn.since + LONG_SECONDS < now:
                self._permits.give(conn.thread)
            if conn.until() < now:
                conn.cut_off()

    def _make_room(self) -> None:
        """Close the connection that says nothing for longest: a new one may."""
        quiet = sorted([*self._watched, *self._deaf.values()], key=lambda c: c.since)
        for conn in quiet[:1]:
            is_deaf = conn in self._deaf.values()
            if is_deaf:
                del self._deaf[conn.number]
            if is_deaf or self._watched.takes(conn):
                self._close(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Refuse what is no HTTP without repeating it, in the log or the answer."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        kind = type(exc).__name__
        self._refused.labels(kind).inc()
        self._now_and_then.log(f"refused what is no request: {kind}")
        status, reason = refusal_of(exc)
        with suppress(OSError):
            util.write_error(client, status, reason, "")
