"""A PostgreSQL cluster on disk: made whole or not at all, with its own password."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from db.embedded.accounts import Account, account_owning
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.moving import find_place, leave_link, new_workshop, settle
from db.embedded.processes import ask_to_end, end_process, start_child
from db.embedded.programs import bin_folder_for
from db.files import open_new, write_whole

ROLE = "bot"
INITDB_SECONDS = 60.0
LEFTOVER_PATIENCE = {signal.SIGINT: 5.0, signal.SIGQUIT: 5.0, signal.SIGKILL: 5.0}
POLL_SECONDS = 0.03
# https://www.postgresql.org/docs/16/upgrading.html
ANOTHER_MAJOR = "database files are incompatible with server"
LOG_LINES_SHOWN = 6


class Cluster:
    """The data in `folder`/postgres, its log and its password beside it.

    Where root's server can't enter `folder`, `path` is in `open_folder` once settled.
    """

    def __init__(self, folder: Path, open_folder: Path) -> None:
        self.folder = folder.absolute()
        self._data = self.folder / "postgres"
        self._place = find_place(self.folder, open_folder)
        self.path = self._data
        self.log_file = self.folder / "postgres.log"
        self.password_file = self.folder / "postgres.password"

    def settle(self) -> None:
        """Have the data where the server can go: root moves what lies elsewhere.

        Call it with `folder` locked. Raises OSError, and EmbeddedPostgresError where
        there is no such place, or the data are no longer there.
        """
        if account := account_owning(self._data):
            if not self._data.is_symlink():
                self.stop_leftover()
            self.path = settle(self._data, self._place, account)
        if self._data.is_symlink() and not self.exists():
            raise EmbeddedPostgresError(
                f"{self._data} leads to {self._data.readlink()}, and no database is"
                f" there: put it back, or remove {self._data} to start with an empty"
                " one."
            )

    def account(self) -> Account | None:
        """Find whom the server must run as: None is the caller."""
        return account_owning(self.path)

    def bin_folder(self) -> Path:
        """Return where that account finds the server's programs; raises OSError."""
        return bin_folder_for(self.account(), self.path.parent)

    def exists(self) -> bool:
        """Tell whether initdb has been here."""
        return (self.path / "PG_VERSION").exists()

    def read_or_make_password(self) -> str:
        """Return the role's password; made once, readable by the folder's owner alone.

        Raises EmbeddedPostgresError when it is gone although the cluster exists.
        """
        if not self.password_file.exists():
            if self.exists():
                raise EmbeddedPostgresError(
                    f"{self.password_file} is missing: put it back, or remove"
                    f" {self._all_of_it()} to start with an empty database."
                )
            write_whole(self.password_file, secrets.token_urlsafe(24) + "\n")
        return self.password_file.read_text().strip()

    def make(self, password: str, *, safely: bool = True) -> None:
        """Run initdb in a folder beside, and put its result into place.

        `safely` waits for the disk. A half-made cluster of a killed run is thrown away.
        Raises EmbeddedPostgresError with initdb's words when it fails.
        """
        workshop = new_workshop(self.path.parent)
        password_file = workshop / "password"
        write_whole(password_file, password)
        if account := self.account():
            account.take(password_file)
            account.take(workshop)
        self._run_initdb(workshop / "cluster", password_file, account, safely=safely)
        (workshop / "cluster").rename(self.path)
        shutil.rmtree(workshop)
        if self.path != self._data:
            leave_link(self._data, self.path)

    def _run_initdb(
        self, made: Path, password: Path, account: Account | None, *, safely: bool
    ) -> None:
        locale = "C" if sys.platform == "darwin" else "C.UTF-8"
        options = ["--auth=scram-sha-256", "--encoding=UTF8", f"--locale={locale}"]
        options += [f"--pwfile={password}"] + ([] if safely else ["--no-sync"])
        initdb = [str(self.bin_folder() / "initdb"), "-D", str(made), "-U", ROLE]
        if self._run(initdb + options, account) != 0:
            raise EmbeddedPostgresError(self.failure())

    def _run(self, command: list[str], account: Account | None) -> int:
        with open_new(self.log_file) as log:
            child = start_child(command, account, log)
        try:
            return child.wait(INITDB_SECONDS)
        finally:
            end_process(child, {})

    def is_served_by(self, pid: int) -> bool:
        """Tell whether the server `pid` says that it accepts connections."""
        # Where pg_ctl looks as well: the pid on line 1, the state on line 8.
        lines = self._pid_file_lines()
        return lines[:1] == [str(pid)] and lines[7:8] == ["ready"]

    def stop_leftover(self) -> None:
        """Stop a server that outlived the process that started it.

        Also removes its mark where the pid has since gone to another program, which
        would keep a new server from starting.
        """
        lines = self._pid_file_lines()
        if not lines or not lines[0].isdigit():
            return
        pid = int(lines[0])
        if self._is_our_server(pid):
            self._end_leftover(pid)
        elif _is_alive(pid):
            self._pid_file.unlink(missing_ok=True)

    def _end_leftover(self, pid: int) -> None:
        def ask(number: signal.Signals) -> None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

        def is_gone_within(seconds: float) -> bool:
            deadline = time.monotonic() + seconds
            while self._is_our_server(pid) and time.monotonic() < deadline:
                threading.Event().wait(POLL_SECONDS)
            return not self._is_our_server(pid)

        ask_to_end(ask, is_gone_within, LEFTOVER_PATIENCE)

    @property
    def _pid_file(self) -> Path:
        return self.path / "postmaster.pid"

    def _pid_file_lines(self) -> list[str]:
        try:
            return [line.strip() for line in self._pid_file.read_text().split("\n")]
        except OSError:
            return []

    def _all_of_it(self) -> str:
        return " and ".join(map(str, dict.fromkeys((self._data, self.path))))

    def _is_our_server(self, pid: int) -> bool:
        process = Path("/proc", str(pid))
        if Path("/proc/self").exists():
            with suppress(OSError):
                name = (process / "comm").read_text().strip()
                return name == "postgres" and (process / "cwd").samefile(self.path)
            return False
        ps = ["/bin/ps", "-p", str(pid), "-o", "command="]
        shown = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
        return f"postgres -D {self.path} " in shown.stdout

    def log_tail(self) -> str:
        """Return the last lines of the log."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def failure(self) -> str:
        """Say that the server or initdb failed, why, and what to do."""
        if ANOTHER_MAJOR in self.log_tail():
            made_by = (self.path / "PG_VERSION").read_text().strip()
            return (
                f"The data in {self._data} are PostgreSQL {made_by}'s, and another "
                "version is installed: docs/postgres.md tells how to bring them over. "
                "Nothing was changed."
            )
        return (
            f"PostgreSQL did not start in {self.folder}. {self.log_file} ends:\n"
            f"{self.log_tail()}\n"
            "Mend that and start again, or set DATABASE_URL to use another server."
        )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
