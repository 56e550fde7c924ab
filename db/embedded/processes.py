"""Child processes: how they start, and how they end."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import IO

from db.embedded.accounts import Account

ON_LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1  # from linux/prctl.h
# Loaded before any fork: between fork and exec a child must not import.
_libc = ctypes.CDLL(None, use_errno=True)


def start_child(
    command: Sequence[str],
    account: Account | None = None,
    output: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `command` with stdout and stderr on `output`, its own session, `/` as cwd.

    On Linux it gets SIGINT when the *thread* that called this ends: call it from the
    main thread. It sees none of our environment's secrets. Raises OSError or
    subprocess.SubprocessError when it can't be started.
    """
    parent = os.getpid()

    def prepare() -> None:
        if ON_LINUX:  # runs after the change of user, which would clear it
            end_with_parent(parent, signal.SIGINT)

    return subprocess.Popen(  # noqa: S603 - our own fixed commands, no shell
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env={k: os.environ[k] for k in ("PATH", "TZ") if k in os.environ},
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[account.gid] if account else None,
        start_new_session=True,  # a Ctrl-C in the terminal is for the parent alone
        preexec_fn=prepare,  # noqa: PLW1509 - only system calls, nothing that locks
    )


def end_process(
    process: subprocess.Popen[bytes], patience: Mapping[signal.Signals, float]
) -> None:
    """Have a child end: asked, asked harder, killed. It is gone and reaped afterwards.

    `patience` tells what to send, in this order, and how many seconds to wait after
    each. None at all kills at once.
    """
    if not ask_to_end(process.send_signal, partial(ends_within, process), patience):
        process.kill()
        process.wait()


def ask_to_end(
    ask: Callable[[signal.Signals], None],
    is_gone_within: Callable[[float], bool],
    patience: Mapping[signal.Signals, float],
) -> bool:
    """Ask with each signal until one helped, or none did; tell which.

    For processes that are nobody's child: end_process does it for a child.
    """
    for number, seconds in patience.items():
        ask(number)
        if is_gone_within(seconds):
            return True
    return False


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a child; tell whether it has ended, and so is reaped."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.returncode is not None


def end_with_parent(parent: int, signum: signal.Signals) -> None:
    """Have the kernel send this process `signum` when its parent ends (Linux only).

    `parent` is the pid of the parent as it knew itself: had it ended already, this
    process ends here. https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
    """
    if _libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:
        os._exit(1)
