"""Phones that write what was planned, when it is due, whatever becomes of the bot."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from tests.chaos.events import Acknowledged, Event, Refused, Sent
from tests.chaos.schedule import Planned

SENDERS = 16
# As Twilio does with `#rc=3&rp=all`: three more tries, all within 15 s.
RETRY_PAUSES = (0.2, 0.4, 0.8)
TOTAL_SECONDS = 15.0
SOCKET_SECONDS = 20.0
# Sends that are due but found no free phone are dropped after this time.
OVERTIME_SECONDS = 60.0


@dataclass
class Driver:
    """Sends a plan through the simulator; `copies` of each webhook at one instant."""

    simulator_url: str
    copies: int = 1
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(SENDERS)
        self._thread: threading.Thread | None = None
        self._sends: list[Future[None]] = []

    def start(self, plan: Sequence[Planned]) -> None:
        """Send in the background; `is_busy` until the last message had its tries."""
        last = max(message.due for message in plan)
        self._ends = time.monotonic() + last + OVERTIME_SECONDS
        self._thread = threading.Thread(target=self._run, args=[plan])
        self._thread.start()

    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """Send nothing new, and wait for what is under way.

        Raises what a send raised: a simulator that does not answer is no fault of ours.
        """
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        for send in self._sends:
            send.result()

    def _run(self, plan: Sequence[Planned]) -> None:
        began = time.monotonic()
        with self._pool:
            for message in plan:
                late = time.monotonic() - began - message.due
                if late < 0 and self._stopping.wait(-late):
                    break
                self._sends.append(self._pool.submit(self._send, message))

    def _send(self, message: Planned) -> None:
        if self._stopping.is_set() or time.monotonic() > self._ends:
            return
        self.events.append(Sent(message.user, message.token, time.time()))
        if self.copies == 1:
            self._try(message)
        else:
            at_once(self.copies, lambda: self._try(message))

    def _try(self, message: Planned) -> None:
        ends = time.monotonic() + TOTAL_SECONDS
        for pause in (*RETRY_PAUSES, 0.0):
            status = self._post(message)
            if status == 200:
                self.events.append(Acknowledged(message.token, time.time()))
                return
            self.events.append(Refused(message.token, time.time(), status))
            if time.monotonic() + pause > ends or self._stopping.wait(pause):
                return

    def _post(self, message: Planned) -> int | None:
        """Return what the webhook was answered with, None where it was not."""
        form = {
            "from": message.user,
            "body": message.text,
            "profile_name": "Ana",
            "message_sid": message.message_sid,
        }
        url = f"{self.simulator_url}/simulator/messages"
        answer = requests.post(url, json=form, timeout=SOCKET_SECONDS)
        answer.raise_for_status()
        status: int | None = answer.json()["webhook_status"]
        return status


def at_once(count: int, call: Callable[[], None]) -> None:
    """Make a call in several threads, as nearly at one instant as that goes."""
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        call()

    with ThreadPoolExecutor(count) as pool:
        for made in [pool.submit(run) for _ in range(count)]:
            made.result()
