"""Wakes workers that wait for jobs, beside the transactions that defer them.

A commit that notifies waits for every other commit that does (PostgreSQL holds one lock
for all of them), which halves what a database takes in. So `answer_chat` is deferred
without a notification, and one is sent for all messages of a moment. One that gets lost
does no harm: workers look by themselves, twice a second.
"""

import logging
import threading
import time

import psycopg

from db.outages import reason_of
from db.pool import Limits, conninfo, prepare_after

log = logging.getLogger(__name__)

# What procrastinate's workers listen for; a test holds it. There is nothing that a
# crash could lose, so nobody waits for the disk: in this transaction alone, since a
# pooler gives the same connection to those whose commits must last.
NOTIFY = (
    "SELECT pg_notify('procrastinate_any_queue_v1', %(payload)s), "
    "set_config('synchronous_commit', 'off', true)"
)
PAYLOAD = {"payload": '{"type": "job_inserted", "job_id": 0}'}
MOMENT_SECONDS = 0.01
PAUSE_SECONDS = 1.0
LIMITS = Limits(connections=1, statement_seconds=2)


class WakeUps:
    """Sends wake-ups from a thread and over a connection of its own."""

    def __init__(self, url: str) -> None:
        self._conninfo = conninfo(url, LIMITS)
        self._prepare_after = prepare_after(url)
        self._rung = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """Have workers look for jobs soon. Never waits, never fails."""
        if self._thread is None:
            self._start()
        self._rung.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._send_over_one_connection()
            except psycopg.Error as error:
                log.warning("could not wake workers: %s", reason_of(error))
                time.sleep(PAUSE_SECONDS)

    def _send_over_one_connection(self) -> None:
        self._rung.wait()
        with psycopg.connect(
            self._conninfo, autocommit=True, prepare_threshold=self._prepare_after
        ) as connection:
            while self._rung.wait():
                self._rung.clear()
                connection.execute(NOTIFY, PAYLOAD)
                time.sleep(MOMENT_SECONDS)
