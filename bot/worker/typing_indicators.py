"""Shows users that their answers are being made, on few threads that all share.

Most answers of a fast LLM are there before anybody would see it: these show nothing.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Full, Queue

from bot.observability import bound
from db.errors import OperatorError

log = logging.getLogger(__name__)

AFTER_SECONDS = 0.5
# WhatsApp shows typing for 25 s at most:
# https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource
EVERY_SECONDS = 20.0
TICK_SECONDS = 0.1
THREADS = 4
MOST_DUE = 64  # what is due beyond these waits for the next tick
# For so long what was known when an answer began is taken to hold.
FRESH_SECONDS = 2.0


@dataclass(eq=False, slots=True)
class _Making:
    """An answer that is being made, and when to show that again."""

    message_sid: str
    is_wanted: Callable[[], bool]
    began: float
    due: float
    is_shown: bool = False


class TypingIndicators:
    """Calls `show` with the MessageSids of answers that take their time.

    Its threads start at the first answer: no fork may come between that and a later
    one. What `show` raises is logged and ends the indicator of that answer alone.
    """

    def __init__(
        self,
        show: Callable[[str], None],
        after: float = AFTER_SECONDS,
        every: float = EVERY_SECONDS,
    ) -> None:
        self._show = show
        self._after = after
        self._every = every
        self._changed = threading.Condition()
        self._makings: dict[_Making, None] = {}  # oldest first
        self._due: Queue[_Making] = Queue(MOST_DUE)
        self._is_running = False

    @contextmanager
    def shown(self, message_sid: str, is_wanted: Callable[[], bool]) -> Iterator[None]:
        """Show it within, again and again; runs beside the answer and can't fail it.

        `is_wanted` is asked, in another thread, before what was known is old news.
        """
        now = time.monotonic()
        making = _Making(message_sid, is_wanted, now, now + self._after)
        with self._changed:
            if not self._is_running:
                self._run()
            if not self._makings:
                self._changed.notify()
            self._makings[making] = None
        try:
            yield
        finally:
            with self._changed:
                del self._makings[making]

    def _run(self) -> None:
        self._is_running = True
        for work in (self._watch, *[self._work] * THREADS):
            threading.Thread(target=work, name="typing", daemon=True).start()

    def _watch(self) -> None:
        """Queue what is due; wakes for nothing while no answer is being made."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._makings)
                now = time.monotonic()
                for making in self._makings:
                    if making.due <= now and not self._queue(making):
                        break
            time.sleep(TICK_SECONDS)

    def _queue(self, making: _Making) -> bool:
        try:
            self._due.put_nowait(making)
        except Full:
            return False
        making.due = math.inf  # until it was shown
        return True

    def _work(self) -> None:
        while True:
            making = self._due.get()
            with bound(message_sid=making.message_sid):
                self._show_one(making)

    def _show_one(self, making: _Making) -> None:
        try:
            if self._is_due(making):
                self._show(making.message_sid)
                making.is_shown = True
                making.due = time.monotonic() + self._every
        except OperatorError as error:
            log.info("no typing indicator: %s", error)
        except Exception as error:  # noqa: BLE001 - it is nothing that an answer needs
            log.info("no typing indicator: %s", type(error).__name__)

    def _is_due(self, making: _Making) -> bool:
        """Tell whether its answer is still being made, for who still wants it."""
        age = time.monotonic() - making.began
        if (making.is_shown or age > FRESH_SECONDS) and not making.is_wanted():
            return False
        with self._changed:
            return making in self._makings
