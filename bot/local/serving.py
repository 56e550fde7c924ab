"""What the servers of `make run` share: how they end, their key, what they may know."""

import os
import re
import signal
import threading
from collections.abc import Callable, Mapping
from typing import NoReturn

from db.errors import OperatorError

PARENT_WATCH_SECONDS = 0.5
# What programs need to start; what is set of the bot is none of it.
KEPT = re.compile(
    r"PATH|HOME|TMPDIR|LANG|VIRTUAL_ENV|(LC|LD|DYLD|OMP|OPENBLAS)_\w+|PYTHON\w*"
)


def serve_until_told(
    start: Callable[[], object], *, die_with_parent: bool = False
) -> NoReturn:
    """Start a server in threads of its own, and serve until SIGTERM or SIGINT.

    With `die_with_parent`, also until the process that started this one is gone. Then
    the whole process ends, with code 0. Call it in the main thread.
    """
    parent = os.getppid()
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    _server = start()  # serves as long as it is referenced
    while not stopped.wait(PARENT_WATCH_SECONDS):
        if die_with_parent and os.getppid() != parent:
            break
    # Letting go of a server would wait for all the answers it is making.
    os._exit(0)


def read_key(name: str) -> str:
    """Return the key that whoever asks must give. Raises OperatorError without one."""
    key = os.environ.get(name, "")
    if not key:
        raise OperatorError(f"Set {name}: the key to ask this server with.")
    return key


def environment_of(given: Mapping[str, str], **own: str) -> dict[str, str]:
    """Return what a server is started with: its own, and no secret of the bot's."""
    return {name: value for name, value in given.items() if KEPT.fullmatch(name)} | own
