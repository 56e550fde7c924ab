"""A child process that parses what others wrote: within limits, or it is killed."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from bot.knowledge.reading.limits import MEGABYTE, Limits
from bot.knowledge.reading.nouns import UnreadableError
from bot.processors import anywhere

# Where `bot` lies, for the child. (bot.environment knows it too, and is slow to load.)
PROJECT = Path(__file__).parents[3]
PYTHON = (sys.executable, "-B", "-s", "-m")
# Nothing of ours: neither secrets nor settings of Python's.
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
PIPE_BYTES = 2**16
END_SECONDS = 5.0
CRASHED = (
    "the file can't be read, it broke the program that tried: save it anew in the "
    "program that it was written with, or as another format"
)


def ask_child(
    module: str, asked: dict[str, object], content: bytes, limits: Limits
) -> tuple[bytes, int]:
    """Return what a child told on its stdout, and the code that it ended with.

    It runs `module`, which must give up all rights first (confinement.give_up_all). On
    its stdin it finds a line of JSON, `asked` with the limits, then the content. Raises
    UnreadableError where it takes too long, or tells too much.
    """
    line = json.dumps({**asked, "limits": asdict(limits)}).encode()
    deadline = time.monotonic() + limits.seconds
    told = bytearray()
    with _child(module, line + b"\n" + content) as child:
        for some in _output(child, deadline, limits):
            told += some
            if len(told) > limits.output:
                raise UnreadableError(CRASHED)
        _wait(child, deadline, limits)
    return bytes(told), child.returncode


def explain_end(code: int, limits: Limits) -> UnreadableError:
    """Return why a child ended without a word."""
    if code == -signal.SIGXCPU:
        return UnreadableError(_too_slow(limits.cpu_seconds), "too much")
    if code in {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP}:
        # How libraries end that get no memory, and whom the kernel takes it from.
        return UnreadableError(
            f"reading the file broke off, most likely because it takes more than "
            f"{limits.memory // MEGABYTE} MB of memory: split it into smaller files",
            "too much",
        )
    return UnreadableError(CRASHED)


def read_asked() -> tuple[dict[str, Any], bytes, Limits]:
    """Return, in the child, what was asked, the content, and the limits."""
    asked = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**asked.pop("limits"))
    return asked, sys.stdin.buffer.read(), limits


@contextmanager
def _child(module: str, given: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child with `given` at its stdin; it is gone afterwards."""
    with anywhere():
        child = subprocess.Popen(  # noqa: S603 - our own module
            (*PYTHON, module),
            cwd=PROJECT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    feeding = threading.Thread(target=_feed, args=(child.stdin, given), daemon=True)
    feeding.start()
    try:
        yield child
    finally:
        # The group: whatever it might have started goes with it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        feeding.join(END_SECONDS)
        if child.stdout is not None:
            child.stdout.close()


def _feed(stdin: IO[bytes], given: bytes) -> None:
    # It may end before it has read all of it.
    with suppress(OSError), stdin:
        stdin.write(given)


def _output(
    child: subprocess.Popen[bytes], deadline: float, limits: Limits
) -> Iterator[bytes]:
    pipe = cast("IO[bytes]", child.stdout).fileno()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise UnreadableError(_too_slow(limits.seconds), "too slow")
        some = os.read(pipe, PIPE_BYTES)
        if not some:
            return
        yield some


def _wait(child: subprocess.Popen[bytes], deadline: float, limits: Limits) -> None:
    try:
        child.wait(max(0.0, deadline - time.monotonic()) + END_SECONDS)
    except subprocess.TimeoutExpired:
        raise UnreadableError(_too_slow(limits.seconds), "too slow") from None


def _too_slow(seconds: float) -> str:
    return (
        f"reading the file takes too long (more than {seconds:.0f} s): split it into "
        "smaller files"
    )
