"""Start a program that never runs as root and ends with the process that started it.

PostgreSQL refuses root, so root starts it under another account. That account may be
unable to enter the folders that lead to the program or to its data, as in a checkout
under root's home. On Linux the child then keeps one right of root, to pass closed
folders: CAP_DAC_OVERRIDE, https://man7.org/linux/man-pages/man7/capabilities.7.html
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from db.errors import OperatorError

ON_LINUX = sys.platform.startswith("linux")
PROBE_SECONDS = 10

# From linux/prctl.h, linux/securebits.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

# Loaded before any fork: between fork and exec a child must not import.
_libc = ctypes.CDLL(None, use_errno=True)


class LaunchError(OperatorError):
    """No account was found under which the program can run here."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a child runs as, and whether closed folders stop it."""

    uid: int
    gid: int
    passes_closed_folders: bool = False

    def become(self) -> None:
        """Turn the calling process into this account for good; raises OSError."""
        if self.passes_closed_folders:
            # Keeps capabilities over setuid, and makes access(2) respect them.
            _check(_libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([self.gid])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.passes_closed_folders:
            _keep_only(CAP_DAC_OVERRIDE)

    def reaching(self, paths: Sequence[Path]) -> "Account":
        """Return this account, able to pass closed folders if `paths` take that.

        Raises LaunchError where even that is not enough, or not possible.
        """
        for account in (self, replace(self, passes_closed_folders=True)):
            if account._reaches(paths):
                return account
        raise LaunchError(
            f"PostgreSQL refuses to run as root, and user id {self.uid} can reach"
            " neither its programs nor its data here. Move the checkout to a folder"
            " that others may enter, run as an ordinary user, or set DATABASE_URL."
        )

    def _reaches(self, paths: Sequence[Path]) -> bool:
        if self.passes_closed_folders and not ON_LINUX:
            return False
        all_passable = 'for path; do [ -x "$path" ] || exit 1; done'
        command = ["/bin/sh", "-c", all_passable, "sh", *map(str, paths)]
        try:
            return start_child(command, self).wait(PROBE_SECONDS) == 0
        except (OSError, subprocess.SubprocessError):
            return False


def account_owning(path: Path) -> Account | None:
    """Find the account for a program that works on `path`.

    None, the caller's own, unless the caller is root. Else the owner of `path`, or
    `nobody` where that is root. Raises LaunchError where there is no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    found = path.stat()
    if found.st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as e:
        raise LaunchError(
            "PostgreSQL refuses to run as root, and there is no user `nobody` to run it"
            " as: run as an ordinary user, or set DATABASE_URL."
        ) from e
    return Account(nobody.pw_uid, nobody.pw_gid)


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
        if account is not None:
            account.become()
        if ON_LINUX:  # after the change of user, which clears it
            end_with_parent(parent, signal.SIGINT)

    return subprocess.Popen(  # noqa: S603 - our own fixed commands, no shell
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env={k: os.environ[k] for k in ("PATH", "TZ") if k in os.environ},
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
    _check(_libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0))
    if os.getppid() != parent:
        os._exit(1)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySet(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _keep_only(capability: int) -> None:
    """Drop every other capability, and let this one survive exec."""
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    low_and_high = (_CapabilitySet * 2)(_CapabilitySet(bit, bit, bit))
    _check(_libc.capset(ctypes.byref(header), low_and_high))
    _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
