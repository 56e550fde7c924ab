"""Programs that are killed or frozen, and that somebody starts again."""

import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from db.embedded.server import EmbeddedPostgres
from tests.house import ROOT

# Between an end that nobody ordered and the next start, as a supervisor would.
PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0


class Resident(ABC):
    """Something that runs, is struck at any instant, and is there again later.

    Without a `supervisor` it does not come back from an end that nobody ordered.
    """

    def __init__(self, *, supervisor: bool = True) -> None:
        self._supervisor = supervisor
        self._back_at: float | None = None
        self._is_frozen = False

    @property
    @abstractmethod
    def process(self) -> subprocess.Popen[bytes] | None: ...

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""

    def is_running(self) -> bool:
        return self._is_alive() and not self._is_frozen

    def _is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self, away: float) -> None:
        """End it as a power cut would; it stays away for some seconds."""
        if self._is_alive() and self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
        self._is_frozen = False
        self._back_at = time.monotonic() + away

    def freeze(self, away: float) -> None:
        """Halt it: it takes what comes and answers nothing for some seconds."""
        if self.is_running():
            self._signal(signal.SIGSTOP)
            self._is_frozen = True
            self._back_at = time.monotonic() + away

    def thaw(self) -> None:
        if self._is_frozen:
            self._signal(signal.SIGCONT)
        self._is_frozen = False
        self._back_at = None

    def watch(self) -> None:
        """Start it again, or let it go on, once its time away is over."""
        if self.is_running():
            return
        if self._back_at is None:
            if not self._supervisor:
                return
            self._back_at = time.monotonic() + PAUSE_SECONDS
        if time.monotonic() < self._back_at:
            return
        if self._is_frozen:
            self.thaw()
        else:
            self.start()
            self._back_at = None


class Program(Resident):
    """A module of ours in a process of its own; its log grows over its lives."""

    def __init__(
        self, arguments: Sequence[str], log_file: Path, *, supervisor: bool = True
    ) -> None:
        super().__init__(supervisor=supervisor)
        self.environment: Mapping[str, str] = {}
        self.log_file = log_file
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self._process

    def start(self) -> None:
        leash = ["-m", "tests.chaos.leash", str(os.getpid())]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *leash, *self._arguments],
                env=dict(self.environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def ask_to_stop(self) -> None:
        self.thaw()
        if self._process is not None and self._is_alive():
            self._process.terminate()

    def wait(self) -> None:
        """Wait until it ended; end it by force if that takes long."""
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()


class Database(Resident):
    """The embedded PostgreSQL, struck with all its children."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        super().__init__()
        self._server = server
        self.url = server.url

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        return self._server.process

    def start(self) -> None:
        port = self._server.port
        self._server.start()
        assert self._server.port == port, "another program took PostgreSQL's port"

    def _signal(self, number: signal.Signals) -> None:
        signal_all(self.process, number)


def signal_all(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """Send a signal to a process and its children."""
    if process is None:
        return
    for pid in (process.pid, *_children_of(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _children_of(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = (map(int, line.split()) for line in listed.stdout.splitlines())
    return [pid for pid, ppid in pairs if ppid == parent]
