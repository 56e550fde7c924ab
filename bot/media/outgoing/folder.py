"""MEDIA_OUT: the operator's folder of files that may be sent."""

import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.media.outgoing.kinds import (
    MOST_BYTES,
    Kind,
    NotSendableError,
    check_file,
)
from bot.media.outgoing.refs import is_file_name


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the folder that WhatsApp takes."""

    name: str
    kind: Kind
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """Files that lie in a folder itself: none beneath it, none that a link leads to."""

    path: Path

    def find(self, name: str) -> FoundFile | None:
        """Return a file by its name; None: there is none. Raises NotSendableError.

        A file is small enough to be read whole; what is larger is not sent anyway.
        """
        if not is_file_name(name):
            return None
        content = self.read(name, MOST_BYTES + 1)
        if content is None:
            return None
        if len(content) > MOST_BYTES:
            raise NotSendableError(
                "WhatsApp takes files up to 16 MB: put a smaller one."
            )
        return FoundFile(name, check_file(content, name), content)

    def read(self, name: str, most_bytes: int) -> bytes | None:
        """Return how a file begins; None: there is none."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            opened = os.open(self.path / name, flags)
        except (OSError, ValueError):
            return None
        try:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                return None
            with os.fdopen(opened, "rb", closefd=False) as file:
                return file.read(most_bytes)
        finally:
            os.close(opened)
