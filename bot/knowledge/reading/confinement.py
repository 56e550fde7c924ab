"""What the process that reads a document gives up before it looks at it."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from bot.knowledge.reading.limits import Limits

ON_LINUX = sys.platform.startswith("linux")
# From linux/sched.h and linux/prctl.h.
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
# What Python tells of before it does it: https://docs.python.org/3/library/audit_events.html
FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.truncate",
    "os.link",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "pty.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
LOOK_SECONDS = 0.1


def give_up_all(limits: Limits, memory: int) -> None:
    """Give up the network, new files, other programs, and more than its share.

    Where the kernel does not allow one of them, the others hold.
    """
    if ON_LINUX:
        _die_with_parent()
        _leave_the_network()
        # If memory runs out all the same, it is this process that goes.
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    else:
        watch_over(memory)
    _bound(resource.RLIMIT_AS, memory)
    # At the first bound comes a signal of its own, by which the parent knows why.
    _bound(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 5)
    _bound(resource.RLIMIT_FSIZE, 0)
    _bound(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_refuse)


def _bound(what: int, most: int, at_all: int | None = None) -> None:
    # macOS knows RLIMIT_AS and does not let it be set.
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, most if at_all is None else at_all))


def _die_with_parent() -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _leave_the_network() -> None:
    """Enter a network without any interface; who is not root needs a user's too."""
    libc = ctypes.CDLL(None)
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def watch_over(memory: int) -> None:
    """End this process with its parent, or with more than `memory` bytes of RAM.

    For systems whose kernel does neither, macOS above all.
    """
    threading.Thread(target=_watch, args=(os.getppid(), memory), daemon=True).start()


def _watch(parent: int, memory: int) -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    while os.getppid() == parent:
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > memory:
            break
        time.sleep(LOOK_SECONDS)
    signal.raise_signal(signal.SIGKILL)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    is_written = event == "open" and bool(int(str(arguments[2])) & WRITING)
    if is_written or event.startswith(FORBIDDEN):
        raise PermissionError(f"a document's reader does no {event}")
