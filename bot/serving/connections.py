"""The connections of a web process, and where each is between its requests."""

import fcntl
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import get_ident
from typing import Any, Literal

from gunicorn import util
from gunicorn.workers.gthread import TConn

from bot.serving.arrival import LONGEST_REQUEST, Arrival
from bot.serving.readiness import Readiness
from db.embedded.processes import ON_LINUX

# From its first byte a request has this long to arrive, however it drips.
ARRIVAL_SECONDS = 5.0
# By then Twilio has given up:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
WHOLE_SECONDS = 15.0
LEAVING_SECONDS = 2.0
DEAF_SECONDS = 2.0
# Head and body of an answer go out together, not each in a packet (Linux only):
# https://man7.org/linux/man-pages/man7/tcp.7.html
HOLD_BACK = getattr(socket, "TCP_CORK", None)
UNSENT_BYTES = 0x894B  # SIOCOUTQNSD from linux/sockios.h

# idle: nothing came of a request. deaf: its client has to take the answers before. odd:
# nobody can tell when its request is whole. leaving: we have said all, and what still
# comes is thrown away.
Stage = Literal["idle", "arriving", "deaf", "odd", "in hand", "leaving"]
LONGEST: dict[Stage, float] = {
    "arriving": ARRIVAL_SECONDS,
    "deaf": DEAF_SECONDS,
    "odd": WHOLE_SECONDS,
    "in hand": WHOLE_SECONDS,
    "leaving": LEAVING_SECONDS,
}


class Connection(TConn):  # type: ignore[misc]
    """A connection, its stage `since` when, and how many requests it `served`.

    `thread` answers the request; `is_last`: none is read after it.
    """

    def __init__(self, cfg: Any, sock: Any, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.number: int = sock.fileno()
        self.served = 0
        self.is_last = self.is_closed = False
        self.thread = 0
        self.rest()

    def rest(self) -> None:
        """Begin to wait for a request, and send the rest of the answer before it."""
        self._hold_back(False)
        self.arrival = Arrival()
        self.stage: Stage = "idle"
        self.since = time.monotonic()

    def enter(self, stage: Stage) -> None:
        """Go to another stage; who is there already stays."""
        if stage != self.stage:
            self.stage, self.since = stage, time.monotonic()

    def go_in_hand(self) -> None:
        """Be answered, by this thread; what has come is read from its beginning."""
        self.is_last = self.stage == "odd"
        self.enter("in hand")
        self.thread = get_ident()
        self.init()
        self.parser.unreader.unread(bytes(self.arrival.data))
        self._hold_back(not self.is_last)  # an odd one may wait for a first word

    def _hold_back(self, is_on: bool) -> None:
        if HOLD_BACK is not None:
            with suppress(OSError):  # it is closed
                self.sock.setsockopt(socket.IPPROTO_TCP, HOLD_BACK, is_on)

    def until(self, end_of_idling: float = float("inf")) -> float:
        """Return when its stage has to end."""
        if self.stage == "idle":
            return min(self.since + float(self.cfg.keepalive), end_of_idling)
        return self.since + LONGEST[self.stage]

    def finds_more(self) -> bool:
        """Tell whether a thread has to look at it after all: all were busy, say."""
        if self.stage == "leaving":
            return False
        if self.arrival.read(self):
            return True
        is_new = self.stage == "idle" and bool(self.arrival.data)
        return is_new or self.arrival.how_far() != "partial"

    def refuse(self, status: int, reason: str) -> None:
        """Say that its request is not answered, if that can be said without waiting."""
        with suppress(OSError):
            self.sock.setblocking(False)
            util.write_error(self.sock, status, reason, "")

    def cut_off(self) -> None:
        """End what a thread waits for on it."""
        with suppress(OSError):  # it has just ended
            self.sock.shutdown(socket.SHUT_RDWR)

    def says_no_more(self) -> bool:
        """Tell its client that no answer follows; False: it is closed already."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def goes_on_talking(self) -> bool:
        """Read what is left: closing before would take the answer back."""
        try:
            return bool(self.sock.recv(LONGEST_REQUEST, socket.MSG_DONTWAIT))
        except BlockingIOError:  # nothing is there: what a thread was woken for is read
            return True
        except OSError:
            return False

    @property
    def has_read_ahead(self) -> bool:
        """Whether something of the next request was read with the last one."""
        return bool(self.parser.unreader.buf.getvalue())

    @property
    def has_unread(self) -> bool:
        """Whether its client has not taken all that it was sent (Linux only)."""
        if not ON_LINUX:
            return False
        try:
            unsent = fcntl.ioctl(self.sock, UNSENT_BYTES, bytes(4))
        except OSError:  # it is closed: whoever writes to it finds out
            return False
        return any(struct.unpack("i", unsent))


class Watched:
    """Connections that wait for their clients; each is in the hands of who takes it."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self._by_number: dict[int, Connection] = {}

    def __iter__(self) -> Iterator[Connection]:
        # In one step, which no other thread comes between.
        return iter(list(self._by_number.values()))

    def add(self, conn: Connection, *, at_once: bool = False) -> None:
        """Wait for its client; with `at_once` it is only to be looked at again.

        A thread that the kernel woke for it before may take it as soon as it is known
        here, and close it.
        """
        self._by_number[conn.number] = conn
        try:
            self._readiness.watch(conn.sock, at_once=at_once)
        except (OSError, ValueError):
            if not conn.is_closed:
                raise

    def take(self, number: int) -> Connection | None:
        """Return the connection that the kernel tells of; None: it was just taken."""
        return self._by_number.pop(number, None)

    def takes(self, conn: Connection) -> bool:
        """Take a connection, unless a thread did so in this instant."""
        found = self.take(conn.number)
        if found is not None and found is not conn:  # a new one has got its number
            self.add(found, at_once=True)
        return found is conn
