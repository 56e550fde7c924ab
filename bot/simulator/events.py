"""What happens, told to open chat pages as server-sent events.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import itertools
import json
import queue
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

STREAM_SECONDS = 55.0
HEARTBEAT_SECONDS = 2.0
GOODBYE = "goodbye"
MOST_STREAMS = 16
MOST_WAITING_EVENTS = 1_000
MOST_KEPT_EVENTS = 1_000


class TooManyStreamsError(Exception):
    """Every stream holds a thread, so only so many may be open."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `address` is None when it concerns every page."""

    number: int
    name: str
    data: dict[str, Any]
    address: str | None

    def as_text(self) -> str:
        """Write it in the format of event streams."""
        text = json.dumps(self.data)
        return f"id: {self.number}\nevent: {self.name}\ndata: {text}\n\n"


class Stream:
    """The events for one open page, in order."""

    def __init__(self, address: str | None) -> None:
        self.address = address
        self._waiting: queue.Queue[Event] = queue.Queue(MOST_WAITING_EVENTS)
        self._ended = False

    def put(self, event: Event) -> None:
        """Add an event that concerns this page; a page that lags is cut off."""
        if event.address not in {None, self.address}:
            return
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._ended = True

    def texts(self) -> Iterator[str]:
        """Write events and heartbeats until a goodbye, or the stream's time is over."""
        ends = time.monotonic() + STREAM_SECONDS
        yield "retry: 500\n\n"
        while time.monotonic() < ends and not self._ended:
            try:
                event = self._waiting.get(timeout=HEARTBEAT_SECONDS)
            except queue.Empty:
                yield ": heartbeat\n\n"
                continue
            yield event.as_text()
            if event.name == GOODBYE:
                return


class Broadcast:
    """Passes events on to the open pages."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = itertools.count(1)
        self._streams: list[Stream] = []
        self._kept: deque[Event] = deque(maxlen=MOST_KEPT_EVENTS)

    def open_stream(self, address: str | None, after: int | None = None) -> Stream:
        """Open a stream; with `after`, it starts with the events since that number.

        Raises TooManyStreamsError.
        """
        stream = Stream(address)
        with self._lock:
            if len(self._streams) >= MOST_STREAMS:
                raise TooManyStreamsError
            if after is not None:
                for event in self._kept:
                    if event.number > after:
                        stream.put(event)
            self._streams.append(stream)
        return stream

    def close_stream(self, stream: Stream) -> None:
        """Forget a stream that was opened here."""
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)

    def close(self) -> None:
        """Have all streams end."""
        self.publish(GOODBYE, {})

    def publish(
        self, name: str, data: dict[str, Any], address: str | None = None
    ) -> None:
        """Tell the pages that show `address`, or all of them."""
        with self._lock:
            event = Event(next(self._numbers), name, data, address)
            self._kept.append(event)
            for stream in self._streams:
                stream.put(event)

    def is_watched(self, address: str) -> bool:
        """Whether a page shows `address` now."""
        with self._lock:
            return any(stream.address == address for stream in self._streams)
