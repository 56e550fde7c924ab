"""Streams between PostgreSQL's programs and files, encrypted with age on the way.

https://age-encryption.org
"""

import hashlib
import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

import pyrage  # type: ignore[import-untyped]

from db.backups.programs import Program
from db.errors import OperatorError

Progress = Callable[[int], None]
BLOCK = 1 << 16
SECRET_KEY = "AGE-SECRET-KEY-"  # noqa: S105  (how such a line begins)


def no_progress(_bytes: int) -> None:
    """Show nothing."""


class Source(Protocol):
    """Something to read from; `failure` says what stopped that."""

    failure: BaseException | None

    def read(self, size: int = ..., /) -> bytes:
        """Return some bytes, none at the end."""


class Sink(Protocol):
    """Something to write to; `failure` says what stopped that."""

    failure: BaseException | None

    def write(self, block: bytes, /) -> int:
        """Write all of it."""

    def flush(self) -> None:
        """Pass on what is held back."""


class FileSource:
    """A file as a source."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.failure: BaseException | None = None

    def read(self, size: int = BLOCK) -> bytes:
        """Return some bytes, none at the end."""
        return self._file.read(size)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Outlet:
    """What a program writes to stdout, as a file to read from.

    `failure` is what stopped the reading: libraries that read may hide it.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._pipe = _open_end(program.process.stdout)
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
        ready, _, _ = select.select([self._pipe], [], [], self._program.silent_seconds)
        if not ready:
            raise self._program.stalled()


class Inlet:
    """A program's stdin, as a file to write to."""

    def __init__(self, program: Program, progress: Progress = no_progress) -> None:
        self._program = program
        self._pipe = _open_end(program.process.stdin)
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
            waiting = self._program.silent_seconds
            _, ready, _ = select.select([], [self._pipe], [], waiting)
            if not ready:
                raise self._program.stalled()
            left = left[os.write(self._pipe, left[:BLOCK]) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Tell the program that this was all."""
        if self._program.process.stdin is not None:
            self._program.process.stdin.close()


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


def copy(source: Source, sink: Sink, public_key: str | None) -> None:
    """Copy all bytes, encrypted to the key if there is one; memory stays constant."""
    if public_key is None:
        copy_plain(source, sink)
        return
    try:
        recipient = pyrage.x25519.Recipient.from_str(public_key)
    except pyrage.RecipientError:
        raise OperatorError(
            "BACKUP_PUBLIC_KEY is no age public key: make a pair with `bot db keygen "
            "FILE`, and set what it says"
        ) from None
    try:
        pyrage.encrypt_io(source, sink, [recipient])
    except pyrage.EncryptError:
        raise (source.failure or sink.failure or OperatorError("age failed")) from None


def copy_opened(source: Source, sink: Sink, identity: Path) -> None:
    """Copy all bytes, decrypted with the first key of an age identity file.

    Raises OperatorError where the key does not fit.
    """
    key = read_identity(identity)
    try:
        pyrage.decrypt_io(source, sink, [key])
    except pyrage.DecryptError as error:
        raise (
            source.failure
            or sink.failure
            or OperatorError(
                f"the backup can't be decrypted with {identity} ({error}): give the "
                "identity that belongs to the public key of that time"
            )
        ) from None


def copy_plain(source: Source, sink: Sink) -> None:
    """Copy all bytes as they are."""
    while block := source.read(BLOCK):
        sink.write(block)
    sink.flush()


def new_identity() -> tuple[str, str]:
    """Return the text of a new age identity file, and the public key in it."""
    identity = pyrage.x25519.Identity.generate()
    public_key = str(identity.to_public())
    return f"# public key: {public_key}\n{identity}\n", public_key


def read_identity(path: Path) -> "pyrage.x25519.Identity":
    """Return the key in an age identity file; raises OperatorError."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} can't be read: {error}") from None
    secret = next((line for line in lines if line.startswith(SECRET_KEY)), "")
    try:
        return pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        raise OperatorError(
            f"{path} holds no age identity: a line that begins with {SECRET_KEY}1"
        ) from None
