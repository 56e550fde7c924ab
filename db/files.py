"""Files that are written whole or not at all, for their owner's eyes only."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name once all of it is on disk.

    What breaks off before that leaves nothing behind, and an older file as it was. Only
    its owner may read it. Raises OSError.
    """
    with _drafting(path) as draft:
        with _create(draft) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)


def write_whole(path: Path, text: str) -> None:
    """Write a file in UTF-8: all of it or nothing. Raises OSError."""
    with writing_whole(path) as file:
        file.write(text.encode())


def write_once(path: Path, text: str) -> None:
    """Write a file unless there is one: of two who do that, the first one's stays.

    Raises OSError.
    """
    with _drafting(path) as draft:
        with _create(draft) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk too. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _drafting(path: Path) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _create(draft: Path) -> BinaryIO:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    return os.fdopen(handle, "wb")
