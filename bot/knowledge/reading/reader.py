"""Reading a document: a child of its own does it, within limits, or is killed."""

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
from typing import IO, cast

from bot.knowledge.reading.limits import LIMITS, MEGABYTE, Limits
from bot.knowledge.reading.nouns import KINDS, Block, Reading, UnreadableError

# Where `bot` lies, for the child. (bot.environment knows it too, and is slow to load.)
PROJECT = Path(__file__).parents[3]
CHILD = (sys.executable, "-B", "-s", "-m", "bot.knowledge.reading")
# Nothing of ours: neither secrets nor settings of Python's.
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
PIPE_BYTES = 2**16
END_SECONDS = 5.0
CRASHED = (
    "the file can't be read, it broke the program that tried: save it anew in the "
    "program that it was written with, or as another format"
)


def read_document(
    content: bytes, name: str, content_type: str | None = None, limits: Limits = LIMITS
) -> Reading:
    """Return what a document says.

    Its type is what its bytes say, then its `name`, then its `content_type`. A child
    process reads it: without network, secrets or files to write, and killed when it
    takes more than `limits` allow. Raises UnreadableError, whose one sentence says why
    it can't be read and what to do.
    """
    if len(content) > limits.content:
        raise UnreadableError(
            f"the file is larger than {limits.content // MEGABYTE} MB: split it into "
            "smaller files, or leave out its pictures"
        )
    asked = {"name": name, "content_type": content_type, "limits": asdict(limits)}
    deadline = time.monotonic() + limits.seconds
    told = bytearray()
    with _child(json.dumps(asked).encode() + b"\n" + content) as child:
        for some in _output(child, deadline, limits):
            told += some
            if len(told) > limits.output:
                raise UnreadableError(CRASHED)
        _wait(child, deadline, limits)
    return _reading_of(told, child.returncode, limits)


@contextmanager
def _child(given: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child with `given` at its stdin; it is gone afterwards."""
    child = subprocess.Popen(  # noqa: S603 - our own module
        CHILD,
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
            raise UnreadableError(_too_slow(limits.seconds))
        some = os.read(pipe, PIPE_BYTES)
        if not some:
            return
        yield some


def _wait(child: subprocess.Popen[bytes], deadline: float, limits: Limits) -> None:
    try:
        child.wait(max(0.0, deadline - time.monotonic()) + END_SECONDS)
    except subprocess.TimeoutExpired:
        raise UnreadableError(_too_slow(limits.seconds)) from None


def _too_slow(seconds: float) -> str:
    return (
        f"reading the file takes too long (more than {seconds:.0f} s): split it into "
        "smaller files"
    )


def _reading_of(told: bytes | bytearray, code: int, limits: Limits) -> Reading:
    """Return what the child told; it is believed in nothing but its texts."""
    blocks: list[Block] = []
    try:
        for line in told.splitlines():
            found = json.loads(line)
            if "error" in found:
                raise UnreadableError(str(found["error"]))
            if "file_type" in found:
                return _whole(found, tuple(blocks))
            blocks.append(_block_of(found))
    except (ValueError, TypeError, KeyError):
        raise UnreadableError(CRASHED) from None
    if code == -signal.SIGXCPU:
        raise UnreadableError(_too_slow(limits.cpu_seconds))
    if code in {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP}:
        # How libraries end that get no memory, and whom the kernel takes it from.
        raise UnreadableError(
            f"reading the file broke off, most likely because it takes more than "
            f"{limits.memory // MEGABYTE} MB of memory: split it into smaller files"
        )
    raise UnreadableError(CRASHED)


def _block_of(found: dict[str, object]) -> Block:
    kind = next(kind for kind in KINDS if kind == found["kind"])
    page = found["page"]
    return Block(
        kind=kind,
        text=str(found["text"]),
        level=int(str(found["level"])),
        page=None if page is None else int(str(page)),
    )


def _whole(found: dict[str, object], blocks: tuple[Block, ...]) -> Reading:
    pages, notes = found["pages"], found["notes"]
    if not isinstance(notes, list):
        raise TypeError
    return Reading(
        file_type=str(found["file_type"]),
        blocks=blocks,
        title=str(found["title"]) if found["title"] else None,
        pages=None if pages is None else int(str(pages)),
        notes=tuple(map(str, notes)),
    )
