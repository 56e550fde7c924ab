"""Child processes that are started, watched, started again and stopped together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.embedded.processes import (
    ON_LINUX,
    end_process,
    end_with_parent,
    ends_within,
)
from db.files import open_new

log = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0
STEADY_SECONDS = 20.0


@dataclass(slots=True)
class Child:
    """One program of ours. Its output goes to `log_file`, or where ours goes.

    On Linux it gets `orphaned` when we end without having stopped it.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path | None = None
    orphaned: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start the program; it ends with us, even if we are killed (on Linux)."""
        parent = os.getpid()

        def prepare() -> None:
            if ON_LINUX:
                end_with_parent(parent, self.orphaned)

        output = open_new(self.log_file) if self.log_file else None
        self.process = subprocess.Popen(  # noqa: S603 (our own modules)
            [sys.executable, "-m", *self.arguments],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,  # a Ctrl-C is for us: we stop them in order
            preexec_fn=prepare,  # noqa: PLW1509 (one system call, nothing that locks)
        )
        if output:
            output.close()
        self.started_at = time.monotonic()

    def is_running(self) -> bool:
        """Tell whether the program runs."""
        return self.process is not None and self.process.poll() is None

    def start_again(self) -> None:
        """Start the program if it ended, after a pause that grows while it fails."""
        if self.is_running():
            return
        ran = time.monotonic() - self.started_at
        if ran > STEADY_SECONDS:
            self.failures = 0
        if ran < min(LONGEST_PAUSE, 2**self.failures - 1):
            return
        code = self.process.returncode if self.process else None
        log.warning("%s ended (%s): starting it again", self.name, code)
        self.failures += 1
        self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.is_running():
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until the monotonic deadline, then kill."""
        if self.process is None:
            return
        if not ends_within(self.process, max(0.0, deadline - time.monotonic())):
            log.warning("%s did not stop in time and was killed", self.name)
        end_process(self.process, {})


@dataclass(slots=True)
class Family:
    """Children in the order of their start."""

    children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> None:
        """Start a child and watch it."""
        child.start()
        self.children.append(child)

    def watch(self) -> None:
        """Start again what ended."""
        for child in self.children:
            child.start_again()

    def stop(self, names: Sequence[str], seconds: float) -> None:
        """Stop the named children together, within seconds."""
        chosen = [child for child in self.children if child.name in names]
        deadline = time.monotonic() + seconds
        for child in chosen:
            child.ask_to_stop()
        for child in chosen:
            child.end(deadline)
