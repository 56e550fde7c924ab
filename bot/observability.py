"""What the bot tells about itself: JSON log lines and metrics, without secrets.

Every line carries the message_sid and chat_id that it is about. Addresses are masked
wherever they turn up, in messages, extras and stack traces alike.
"""

import contextvars
import hmac
import logging
import math
import re
import sys
import threading
import time
from collections import Counter as Counts
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from prometheus_client import Counter, Histogram
from pythonjsonlogger.json import JsonFormatter

# +12 345 6789, however it is written around, as it stands in a URL too.
NUMBER = re.compile(r"(\+|%2B)([0-9]{2})[0-9]{3,}([0-9]{2})", re.IGNORECASE)
# What follows whatsapp: is an address even where it is no number, such as CC.id. An
# escape of JSON's is taken whole, so that a masked line stays valid.
ADDRESS = re.compile(
    r"(whatsapp(?::|%3A)(?!\+|%2B)(?:[A-Z]{2}\.(?:ENT\.)?)?)"
    r"(?:[^\s\\\"'&,;<>(){}\[\]]|\\.)+"
)

QUIET_SECONDS = 60.0
MOST_LEFT = 1000

_about: contextvars.ContextVar[dict[str, str] | None] = contextvars.ContextVar(
    "about", default=None
)

WEBHOOKS = Counter("bot_webhooks", "Webhooks by kind and outcome", ["kind", "outcome"])
ACK_SECONDS = Histogram("bot_ack_seconds", "Time from webhook to acknowledgement")
ANSWERS = Counter("bot_answers", "Turns of ours by kind", ["kind"])
LLM_SECONDS = Histogram(
    "bot_llm_seconds", "Time of LLM calls", buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
)
LLM_ERRORS = Counter("bot_llm_errors", "LLM calls without an answer")
REFUSED = Counter("bot_refused_requests", "What is no webhook, by reason", ["reason"])
REMEMBERED = Counter("bot_memory", "Summaries and labels by outcome", ["outcome"])
DOCUMENTS = Counter("bot_documents", "Versions of documents by outcome", ["outcome"])
TOOL_CALLS = Counter("bot_tool_calls", "Calls of tools by outcome", ["outcome"])
SENDS = Counter("bot_sends", "Parts given to Twilio by outcome", ["outcome"])


def bears(token: str | None, authorization: str | None) -> bool:
    """Tell whether a request's Authorization header holds the token; no token fits."""
    if token is None or authorization is None:
        return False
    given = authorization.encode("utf-8", "replace")
    return hmac.compare_digest(given, f"Bearer {token}".encode())


def mask(text: str) -> str:
    """Hide the middle of phone numbers and the whole of other addresses."""
    return ADDRESS.sub(r"\1***", NUMBER.sub(r"\1\2***\3", text))


@contextmanager
def bound(**about: str) -> Iterator[None]:
    """Add fields such as message_sid to every log line written inside."""
    token = _about.set({**(_about.get() or {}), **about})
    try:
        yield
    finally:
        _about.reset(token)


class NowAndThen:
    """Logs what strangers can cause as often as they like: at once, then summed up.

    Texts must be words of ours: one line a minute stands for all that say the same.
    """

    def __init__(
        self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self._untold: Counts[str] = Counts()

    def log(self, text: str, level: int = logging.WARNING, **about: str) -> None:
        """Log a text, and how often it was not logged since the last time."""
        with self._lock:
            now = self._clock()
            if now - self._told.get(text, -math.inf) < QUIET_SECONDS:
                self._untold[text] += 1
                return
            self._told[text] = now
            untold = self._untold.pop(text, 0)
        more = f" ({untold} more like this since the last line)" if untold else ""
        self._logger.log(level, "%s%s", text, more, extra=about)


class _MaskedJson(JsonFormatter):
    """A JSON line with the bound fields, masked as a whole, whatever is in it."""

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        for name, value in (_about.get() or {}).items():
            log_data.setdefault(name, value)

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _Lines(logging.StreamHandler[TextIO]):
    """Writes lines whole, and has no thread wait for another one's line.

    With logging's own lock they all do: whoever writes lets go of the interpreter, and
    keeps the lock until it has it back. Here one thread writes what all have left, one
    waits to be the next, and the others leave their lines to that one: MOST_LEFT of
    them while nobody reads the output, then all wait.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._left: deque[str] = deque()
        self._next = threading.Lock()
        # Signals, too, are told in the thread that they interrupt.
        self._writing = threading.RLock()

    def handle(self, record: logging.LogRecord) -> bool:
        """Do without the lock in which logging would format and write."""
        kept = self.filter(record)
        if kept:
            self.emit(kept if isinstance(kept, logging.LogRecord) else record)
        return bool(kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written, by this thread or the next one."""
        try:
            self._left.append(self.format(record) + self.terminator)
            is_next = self._next.acquire(blocking=False)
            if is_next or len(self._left) > MOST_LEFT:
                self._write_left(is_next)
        except Exception:  # noqa: BLE001  (as logging does: the bot goes on)
            self.handleError(record)

    def _write_left(self, is_next: bool) -> None:
        with self._writing:
            if is_next:  # who comes now can't know that its line is taken
                self._next.release()
            lines = [self._left.popleft() for _ in range(len(self._left))]
            self.stream.write("".join(lines))
            self.stream.flush()


OURS = ("bot", "db")
# They write to handlers of their own, in a format of their own.
APART = ("gunicorn.error", "gunicorn.access")


def configure_logging(level: str) -> None:
    """Send every logger of the process to stdout as JSON lines from `level` on.

    Of libraries from WARNING on: below, they tell bodies, headers and addresses.
    """
    handler = _Lines(sys.stdout)
    handler.setFormatter(_build_formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in APART:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _build_formatter() -> logging.Formatter:
    formatter = _MaskedJson(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        json_ensure_ascii=True,  # nothing in a line can look like the end of a line
        timestamp=False,
    )
    formatter.converter = time.gmtime
    formatter.default_time_format = "%Y-%m-%dT%H:%M:%S"
    formatter.default_msec_format = "%s.%03dZ"
    return formatter
