"""PostgreSQL's programs at the other end of a pipe: every wait for them ends."""

import hashlib
import os
import re
import select
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db.embedded.processes import end_process
from db.errors import OperatorError

Progress = Callable[[int], None]
# While pg_restore builds an index it takes nothing in; that may take a while.
SILENT_SECONDS = 1800.0
END_SECONDS = 5.0
BLOCK = 1 << 16
ERROR_LINES_SHOWN = 5
# pg_dump and pg_restore say what went wrong first; below it they may quote rows.
SPOKEN = re.compile(r"^pg_\w+: (?:error|hint|detail): .*", re.MULTILINE)


def no_progress(_bytes: int) -> None:
    """Show nothing."""


@dataclass(slots=True)
class Tool:
    """A running program, and what it says on stderr."""

    name: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    silent_seconds: float

    def finish(self) -> int:
        """Return the exit code once it ended; raise OperatorError if it does not."""
        try:
            return self.process.wait(self.silent_seconds)
        except subprocess.TimeoutExpired:
            raise self.stalled() from None

    def spoken(self) -> list[str]:
        """Return what the program said of errors, line by line."""
        self.errors.seek(0)
        return SPOKEN.findall(self.errors.read().decode(errors="replace"))

    def failure(self) -> OperatorError:
        """Return the error to raise when the program failed."""
        said = "\n".join(self.spoken()[:ERROR_LINES_SHOWN]) or "it gives no reason"
        return OperatorError(f"{self.name} failed: {said}")

    def stalled(self) -> OperatorError:
        """Return the error to raise when nothing moves any more."""
        return OperatorError(
            f"nothing moved for {self.silent_seconds / 60:.0f} minutes: see what the "
            "server waits for (`bot db status`), and try again"
        )


@contextmanager
def start_tool(
    command: list[str],
    environment: Mapping[str, str],
    silent_seconds: float = SILENT_SECONDS,
) -> Iterator[Tool]:
    """Run a program with pipes at stdin and stdout; it never outlives this."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # a Ctrl-C is ours to deal with
        )
        try:
            yield Tool(Path(command[0]).name, process, errors, silent_seconds)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()
    end_process(process, {signal.SIGTERM: END_SECONDS})


class Outlet:
    """What a program writes to stdout, as a file to read from.

    `failure` is what stopped the reading: libraries that read may hide it.
    """

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._pipe = _open_end(tool.process.stdout)
        self.failure: BaseException | None = None

    def read(self, size: int = BLOCK) -> bytes:
        """Return what is there, b"" at the end; raise OperatorError on silence."""
        try:
            self._wait()
            return os.read(self._pipe, size)
        except BaseException as error:
            self.failure = error
            raise

    def _wait(self) -> None:
        ready, _, _ = select.select([self._pipe], [], [], self._tool.silent_seconds)
        if not ready:
            raise self._tool.stalled()


class Inlet:
    """A program's stdin, as a file to write to."""

    def __init__(self, tool: Tool, progress: Progress = no_progress) -> None:
        self._tool = tool
        self._pipe = _open_end(tool.process.stdin)
        self._progress = progress
        self._written = 0
        self.failure: BaseException | None = None
        os.set_blocking(self._pipe, False)

    def write(self, block: bytes) -> int:
        """Write all of it; raise OperatorError when the program takes nothing in."""
        try:
            self._write(memoryview(block))
            self._written += len(block)
            self._progress(self._written)
        except BaseException as error:
            self.failure = error
            raise
        return len(block)

    def _write(self, left: memoryview) -> None:
        while left:
            waiting = self._tool.silent_seconds
            _, ready, _ = select.select([], [self._pipe], [], waiting)
            if not ready:
                raise self._tool.stalled()
            left = left[os.write(self._pipe, left[:BLOCK]) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Tell the program that this was all."""
        if self._tool.process.stdin is not None:
            self._tool.process.stdin.close()


class Measured:
    """A file that is written: its size and sha256 are known at the end."""

    def __init__(self, file: IO[bytes], progress: Progress = no_progress) -> None:
        self._file = file
        self._progress = progress
        self._digest = hashlib.sha256()
        self.size = 0
        self.failure: BaseException | None = None

    def write(self, block: bytes) -> int:
        """Write a block."""
        try:
            self._file.write(block)
            self._digest.update(block)
            self.size += len(block)
            self._progress(self.size)
        except BaseException as error:
            self.failure = error
            raise
        return len(block)

    def flush(self) -> None:
        """Pass on what is held back."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """The hexadecimal digest of all that was written."""
        return self._digest.hexdigest()


def _open_end(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ValueError("the program was started without this pipe")
    return pipe.fileno()
