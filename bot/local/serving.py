"""What the servers of `make run` share: how they end, their key, what they may know."""

import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

from db.errors import OperatorError

PARENT_WATCH_SECONDS = 0.5
LOOK_SECONDS = 0.25
# What programs need to start; what is set of the bot is none of it.
KEPT = re.compile(
    r"PATH|HOME|TMPDIR|LANG|VIRTUAL_ENV|(LC|LD|DYLD|OMP|OPENBLAS)_\w+|PYTHON\w*"
)


class StopSignal:
    """Whether SIGTERM or SIGINT came; the main thread waits for that.

    No event of `threading`: a handler runs in the main thread, and one that sets an
    event while that thread waits for it may wait for the event's own lock, for good.
    """

    def __init__(self) -> None:
        self._has_come = False

    def heed(self) -> None:
        """Notice signals from now on, instead of what they did. In the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.set())

    def set(self) -> None:
        """Note that one came."""
        self._has_come = True

    def is_set(self) -> bool:
        """Tell whether one came."""
        return self._has_come

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until a moment after one came; tell whether one did.

        In short turns: a signal between a look and a long sleep would not end that.
        """
        until = time.monotonic() + seconds
        while not self._has_come and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
        return self._has_come


def serve_until_told(
    start: Callable[[], object], *, die_with_parent: bool = False
) -> NoReturn:
    """Start a server in threads of its own, and serve until SIGTERM or SIGINT.

    With `die_with_parent`, also until the process that started this one is gone. Then
    the whole process ends, with code 0. Call it in the main thread.
    """
    parent = os.getppid()
    stopped = StopSignal()
    stopped.heed()
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
