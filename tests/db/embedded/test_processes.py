"""A child process ends, whatever it does about being asked."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from db.embedded.processes import end_process

DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
DEAFER = f"{DEAF}; signal.signal(signal.SIGQUIT, signal.SIG_IGN)"
PATIENCE = {signal.SIGTERM: 0.5, signal.SIGQUIT: 0.5}
PATIENT = {signal.SIGTERM: 20.0, signal.SIGQUIT: 20.0}


@contextmanager
def child(habit: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that takes to its habit, and then waits."""
    program = f"import signal, sys; {habit}; print(flush=True); sys.stdin.read()"
    pipe, command = subprocess.PIPE, [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as started:
        assert started.stdout is not None
        started.stdout.readline()
        yield started


@pytest.mark.parametrize(
    ("habit", "patience", "ended_by"),
    [
        ("pass", PATIENT, signal.SIGTERM),
        (DEAF, PATIENCE | {signal.SIGQUIT: 20.0}, signal.SIGQUIT),
        (DEAFER, PATIENCE, signal.SIGKILL),
        ("pass", {}, signal.SIGKILL),
    ],
)
def test_a_child_is_asked_harder_until_it_has_ended(
    habit: str, patience: dict[signal.Signals, float], ended_by: signal.Signals
) -> None:
    with child(habit) as it:
        end_process(it, patience)
        assert it.returncode == -ended_by


def test_a_child_that_ended_by_itself_stays_as_it_is() -> None:
    with child("pass") as it:
        it.communicate()
        end_process(it, PATIENT)
        assert it.returncode == 0
