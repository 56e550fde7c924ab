"""Where the web processes keep their numbers, and what killed ones left behind."""

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

PREFIX = "whatsapp-bot-metrics-"
LOCK = "lock"
# Who makes a folder locks it in the next instant.
YOUNG_SECONDS = 60.0
MOST_SWEPT = 1000


def make_folder() -> tuple[Path, IO[bytes]]:
    """Return a new folder, and the lock that holds it for as long as it is open.

    Folders of ours that nobody holds any more are removed: they are what is left of
    processes that were killed. Raises OSError.
    """
    _sweep(Path(tempfile.gettempdir()))
    made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    lock = (made / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    # It gets the name that others look for once it is held.
    return made.rename(made.with_name(made.name.removeprefix("."))), lock


def _sweep(place: Path) -> None:
    for folder in islice(place.glob(f"{PREFIX}*"), MOST_SWEPT):
        with suppress(OSError):
            if _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    about = folder.lstat()
    if about.st_uid != os.geteuid() or folder.is_symlink():
        return False
    if not (folder / LOCK).exists():
        return time.time() - about.st_mtime > YOUNG_SECONDS
    with (folder / LOCK).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
