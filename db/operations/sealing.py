"""Encryption of backups with age (https://age-encryption.org), as a stream."""

from pathlib import Path
from typing import Protocol

import pyrage  # type: ignore[import-untyped]

from db.errors import OperatorError

BLOCK = 1 << 16
SECRET_KEY = "AGE-SECRET-KEY-"  # noqa: S105  (how such a line begins)


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


def copy(source: Source, sink: Sink, public_key: str | None) -> None:
    """Copy all bytes, encrypted to the key if there is one; memory stays constant."""
    if public_key is None:
        copy_plain(source, sink)
        return
    try:
        recipient = pyrage.x25519.Recipient.from_str(public_key)
    except pyrage.RecipientError:
        raise OperatorError(
            "BACKUP_PUBLIC_KEY is no age public key: make a pair with age-keygen, or "
            "see `bot db backup --help`"
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
