"""The key under which addresses become tombstones: a setting, or a file of its own."""

import os
import secrets
from pathlib import Path

from db.errors import OperatorError

FILE_NAME = "erasure.key"


def find_key(configured: str | None, folder: Path) -> bytes | None:
    """Return the key (ERASURE_KEY, else the folder's file), or None where none is yet.

    Raises OperatorError if the file can't be read or is empty.
    """
    if configured:
        return configured.encode()
    path = folder / FILE_NAME
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperatorError(
            f"{path} can't be read ({error.strerror}): run this as its owner, or set "
            "ERASURE_KEY"
        ) from None
    if not key:
        raise OperatorError(f"{path} is empty: put the key back, or delete the file")
    return key


def make_key(folder: Path) -> Path:
    """Write a new key into the folder, for its owner alone; return the file.

    If somebody else was faster, theirs stays. On disk and whole when this returns.
    Raises OperatorError if the folder can't be written.
    """
    path = folder / FILE_NAME
    draft = folder / f"{FILE_NAME}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(draft, flags, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _link_once(draft, path)
    except OSError as error:
        raise OperatorError(
            f"{path} can't be written ({error.strerror}): set ERASURE_KEY, or "
            "DATA_FOLDER to a folder that can be written"
        ) from None
    return path


def _link_once(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
