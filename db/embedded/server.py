"""One embedded PostgreSQL server: started, watched, started again, stopped."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self

import psycopg

from db.embedded.accounts import Account
from db.embedded.cluster import POLL_SECONDS, ROLE, Cluster
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.moving import OPEN_FOLDER
from db.embedded.processes import end_process, start_child
from db.files import make_private_folder, open_new, open_own, write_whole

DATABASE = "whatsapp_bot"
URL_FILE, LOCK = "postgres.url", "postgres.lock"
FIRST_PORT = 54320
PORTS_TRIED = 200
START_SECONDS = 30.0
# Somebody who looks whether a folder is free holds its lock that moment.
LOOK_SECONDS = 0.3
LONGEST_NAME = 120
# A fast shutdown, then an immediate one:
# https://www.postgresql.org/docs/16/server-shutdown.html
STOP_PATIENCE = {signal.SIGINT: 5.0, signal.SIGQUIT: 1.5}
# Ends of a start that the next attempt may not meet: another program took the port
# meanwhile, or the last server's children still hold its memory.
PASSING_FAILURES = ("Address already in use", "is still in use")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may have about 100 characters: a checkout's may have more.
    "unix_socket_directories": "",
    # Spares the log the rows, and so the messages, that a statement failed on.
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres:
    """One PostgreSQL server on 127.0.0.1, with its data in `folder`/postgres.

    `folder` is made where it is missing. `settings` are server parameters such as
    {"fsync": "off"}. While the server runs, its URL stands in `folder`/postgres.url.
    A start after a crash recovers the data. The port is the first free one from
    `preferred_port` on, so it may differ from start to start. PostgreSQL refuses root:
    for root it runs as `nobody`, and where that user can't enter `folder`, the data lie
    in `open_folder`, `folder`/postgres being a link to them.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        preferred_port: int = FIRST_PORT,
        open_folder: Path = OPEN_FOLDER,
    ) -> None:
        self.cluster = Cluster(folder, open_folder)
        self.folder = self.cluster.folder
        self.url_file = self.folder / URL_FILE
        self.process: subprocess.Popen[bytes] | None = None
        self.port = preferred_port
        self._settings = {**SETTINGS, **(settings or {})}
        self._locks: dict[Path, BinaryIO] = {}
        self._password = ""

    @property
    def url(self) -> str:
        """The database's URL, with the password: never log it."""
        if self.process is None:
            raise EmbeddedPostgresError("PostgreSQL is not started: call start().")
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    def claim(self) -> None:
        """Hold the folder for this process. Raises EmbeddedPostgresError: who does."""
        with self._explained():
            self._lock(self.folder)

    def start(self) -> None:
        """Return when the server accepts connections and the database exists.

        Does nothing while it runs; starts it again, on the same port if it is free,
        when it died. Call it from the main thread: on Linux the server stops when the
        thread that started it ends. Raises EmbeddedPostgresError when it does not come
        up, 30 s after initdb at the latest.
        """
        if self.process is not None and self.process.poll() is None:
            return
        try:
            with self._explained():
                self._lock(self.folder)
                self.cluster.settle()
                self._lock(self.cluster.path.parent)  # a copied link leads there too
                self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, by force if it takes over 5 s; nothing if it is stopped."""
        if self.process is not None:
            self.url_file.unlink(missing_ok=True)
            end_process(self.process, STOP_PATIENCE)
            self.process = None
        while self._locks:
            self._locks.popitem()[1].close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, subprocess.SubprocessError, psycopg.Error) as e:
            raise EmbeddedPostgresError(
                f"PostgreSQL could not be started in {self.folder}: {e} Mend that and"
                " start again, or set DATABASE_URL to use another server."
            ) from e

    def _lock(self, folder: Path) -> None:
        """Hold a folder for this process; the kernel lets go when it ends."""
        if folder in self._locks:
            return
        make_private_folder(folder)
        file = open_own(folder / LOCK)
        deadline = time.monotonic() + LOOK_SECONDS
        while not _locks(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                file.close()
                raise EmbeddedPostgresError(_taken(folder))
            threading.Event().wait(POLL_SECONDS)
        file.truncate(0)
        file.write(f"{os.getpid()} {_own_name()}\n".encode())
        file.flush()
        self._locks[folder] = file

    def _start(self) -> None:
        self._password = self.cluster.read_or_make_password()
        if not self.cluster.exists():
            safely = self._settings.get("fsync") != "off"
            self.cluster.make(self._password, safely=safely)
        self.cluster.stop_leftover()
        account = self.cluster.account()
        deadline = time.monotonic() + START_SECONDS
        while not self._comes_up(account, deadline):
            passing = any(s in self.cluster.log_tail() for s in PASSING_FAILURES)
            if not passing or time.monotonic() > deadline:
                raise EmbeddedPostgresError(self.cluster.failure())
            threading.Event().wait(POLL_SECONDS)
        self._create_database()
        write_whole(self.url_file, self.url + "\n")

    def _comes_up(self, account: Account | None, deadline: float) -> bool:
        """Start the server once; False when it ended, or the time did, before ready."""
        self.port = _free_port(self.port)
        with open_new(self.cluster.log_file) as log:
            self.process = start_child(self._command(), account, log)
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.cluster.is_served_by(self.process.pid):
                return True
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(POLL_SECONDS)
        return False

    def _command(self) -> list[str]:
        settings = [f"{name}={value}" for name, value in self._settings.items()]
        options = [word for setting in settings for word in ("-c", setting)]
        server = str(self.cluster.bin_folder() / "postgres")
        return [server, "-D", str(self.cluster.path), "-p", str(self.port), *options]

    def _create_database(self) -> None:
        server = self.url.removesuffix(DATABASE) + "postgres"
        with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
            known = "SELECT FROM pg_database WHERE datname = %(name)s"
            if connection.execute(known, {"name": DATABASE}).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def running_url(folder: Path) -> str | None:
    """Return the URL of the server that a living process runs in a folder, if any.

    The URL of a server whose process was killed stands there still, and is none.
    """
    with suppress(OSError):
        url = (folder / URL_FILE).read_text().strip()
        return url if _is_locked(folder) else None
    return None


def was_killed(folder: Path) -> bool:
    """Tell whether the last server in a folder was left behind by a killed process."""
    return (folder / URL_FILE).exists() and not _is_locked(folder)


def _is_locked(folder: Path) -> bool:
    if not (folder / LOCK).exists():
        return False
    with (folder / LOCK).open("rb") as file:
        return not _locks(file, fcntl.LOCK_SH)


def _locks(file: IO[bytes], kind: int) -> bool:
    """Take a file's lock for as long as it is open, if that is possible now."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken(folder: Path) -> str:
    holder = (folder / LOCK).read_text(errors="replace").strip()
    pid, _, command = holder.partition(" ")
    who = f"process {pid} ({command})" if command else "another process"
    return (
        f"PostgreSQL runs in {folder} already, started by {who}: end that first, or use"
        " another folder."
    )


def _own_name() -> str:
    """Return this command as it was typed, without what only it understands."""
    program, *arguments = sys.argv
    name = Path(program).name.replace("__main__.py", Path(program).parent.name)
    words = takewhile(lambda word: word.isalpha(), arguments)
    return " ".join([name, *words])[:LONGEST_NAME]


def _free_port(preferred: int) -> int:
    for port in range(preferred, preferred + PORTS_TRIED):
        with socket.socket() as probe, suppress(OSError):
            # As PostgreSQL binds: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise EmbeddedPostgresError(
        f"None of {PORTS_TRIED} ports from {preferred} on is free for PostgreSQL: end a"
        " program that listens there, or set DATABASE_URL."
    )
