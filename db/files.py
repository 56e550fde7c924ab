"""Files for their owner's eyes only, and written whole or not at all.

Somebody else may have put a link or a file of theirs where ours shall be: nothing is
written through the one or into the other.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
OURS = os.O_NOFOLLOW | os.O_CLOEXEC
PRIVATE_FOLDER = 0o700
# What root starts as another user passes through, and can't list.
ROOTS_FOLDER = 0o711


def make_private_folder(folder: Path) -> None:
    """Make a folder for its owner alone, unless there is one. Raises OSError."""
    mode = ROOTS_FOLDER if os.geteuid() == 0 else PRIVATE_FOLDER
    folder.mkdir(mode=mode, parents=True, exist_ok=True)


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name once all of it is on disk.

    What breaks off before that leaves nothing behind, and an older file as it was. Only
    its owner may read it. A device or a pipe is left alone. Raises OSError.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "it is there, and no file")
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


def open_new(path: Path) -> BinaryIO:
    """Open a new file at once, to append to; what has its name goes away.

    For what is read while it grows, such as a log, or is a draft. Raises OSError.
    """
    path.unlink(missing_ok=True)
    return _create(path, os.O_APPEND)


def open_own(path: Path) -> BinaryIO:
    """Open a file to read and write it where it lies; it is made where it is missing.

    Raises OSError, too, where it is a link, or neither ours nor of the folder's owner.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | OURS, PRIVATE)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OSError(errno.ELOOP, "it is a link") from None
    found = os.fstat(handle)
    known = {os.geteuid(), 0, path.parent.stat().st_uid}
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in known:
        os.close(handle)
        raise PermissionError(errno.EPERM, "it is no file, or somebody else's")
    return os.fdopen(handle, "rb+")


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


def _create(path: Path, how: int = 0) -> BinaryIO:
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    handle = os.open(path, new | OURS | how, PRIVATE)
    return os.fdopen(handle, "wb")
