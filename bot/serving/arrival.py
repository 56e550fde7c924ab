"""What has come of a request so far, and whether that is all of it."""

import re
import socket
from dataclasses import dataclass, field
from typing import Literal

from gunicorn.http import errors
from gunicorn.workers.gthread import TConn

LONGEST_HEAD = 16 * 1024
# Above what the application takes, so that it is the application that refuses.
LONGEST_REQUEST = 96 * 1024
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?:\r\n|$)")
UNFORESEEABLE = re.compile(rb"\r\n(?:transfer-encoding|expect)[ \t]*:")
BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
END_OF_HEAD = b"\r\n\r\n"
REFUSALS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}

HowFar = Literal["partial", "whole", "odd"]


@dataclass(slots=True)
class Arrival:
    """What has come of a request so far.

    However finely it drips, each of its bytes is looked at once.
    """

    data: bytearray = field(default_factory=bytearray)
    _searched: int = 0
    _total: int | None = None

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

    def how_far(self) -> HowFar:
        """Tell how far it is; the bytes of an odd one don't tell that."""
        if self._total is None:
            end = self.data.find(END_OF_HEAD, max(0, self._searched - 3))
            if end < 0:
                return self._how_far_without_end()
            self._total = _length_of(bytes(self.data[:end]).lower())
        if self._total > LONGEST_REQUEST:
            return "odd"
        return "whole" if len(self.data) >= self._total else "partial"

    def _how_far_without_end(self) -> HowFar:
        # gunicorn refuses such a line at once; its end would never be seen here.
        has_bare_line_feed = BARE_LINE_FEED.search(self.data, self._searched)
        self._searched = len(self.data)
        too_long = len(self.data) > LONGEST_HEAD
        return "odd" if has_bare_line_feed or too_long else "partial"


def _length_of(head: bytes) -> int:
    """Return how long a request is; what can't be told is longer than may be."""
    length = LENGTH.search(head)
    is_unclear = length is None and b"\r\ncontent-length" in head
    if is_unclear or UNFORESEEABLE.search(head):
        return LONGEST_REQUEST + 1
    return len(head) + len(END_OF_HEAD) + (int(length[1]) if length else 0)


def refusal_of(error: errors.ParseException) -> tuple[int, str]:
    """Return how what is no request is refused: a status and its reason."""
    return REFUSALS.get(type(error), (400, "Bad Request"))
