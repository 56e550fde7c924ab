"""PostgreSQL's programs: those that fit the server; every wait for them ends."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db.address import split_password
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.processes import end_process
from db.embedded.programs import bin_folder, major_of
from db.errors import OperatorError

# While pg_restore builds an index it takes nothing in; that may take a while.
SILENT_SECONDS = 1800.0
END_SECONDS = 5.0
ERROR_LINES_SHOWN = 5
# pg_dump and pg_restore say what went wrong first; below it they may quote rows.
SPOKEN = re.compile(r"^pg_\w+: (?:error|hint|detail): .*", re.MULTILINE)
# Debian and Ubuntu, Red Hat, Homebrew on Apple's and on Intel's processors.
INSTALLED = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/opt/homebrew/opt", "libpq/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "libpq/bin"),
)


def find_program(
    name: str, server_major: int, folders: Sequence[Path] | None = None
) -> tuple[Path, int]:
    """Return the program for a server of that major version, and its own major.

    The same major first, else the nearest newer one: an older pg_dump refuses a newer
    server. `folders` are those to look in, by default all that are usual. Raises
    OperatorError where none fits.
    """
    found: dict[Path, int] = {}
    for folder in folders if folders is not None else usual_folders():
        found[folder] = major_of(folder / name)
        if found[folder] == server_major:
            return folder / name, server_major
    newer = {folder: major for folder, major in found.items() if major > server_major}
    if newer:
        nearest = min(newer, key=lambda folder: newer[folder])
        return nearest / name, newer[nearest]
    older = sorted({major for major in found.values() if major})
    raise OperatorError(
        f"no {name} fits a PostgreSQL {server_major} server"
        + (f" (found: {', '.join(map(str, older))})" if older else "")
        + f": install PostgreSQL's client, version {server_major} or newer (on Debian: "
        f"apt-get install postgresql-client-{server_major})"
    )


def usual_folders() -> Iterator[Path]:
    """Yield where programs may be: the wheel's, PATH, and where packages put them."""
    with suppress(EmbeddedPostgresError):
        yield bin_folder()
    for folder in os.get_exec_path():
        yield Path(folder)
    for root, pattern in INSTALLED:
        yield from sorted(Path(root).glob(pattern))


def arguments_for(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the URL without its password, and an environment that holds it.

    Arguments are for everyone to see.
    """
    shown, password = split_password(url)
    secret = {"PGPASSWORD": password} if password else {}
    environment = {"PGCONNECT_TIMEOUT": "10", **os.environ, "LC_ALL": "C", **secret}
    return shown, environment


@dataclass(slots=True)
class Program:
    """A running program, and what it says on stderr."""

    name: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    silent_seconds: float

    def finish(self) -> int:
        """Return the exit code once it ended; raise OperatorError if it does not."""
        try:
            return self.process.wait(self.silent_seconds)
        except subprocess.TimeoutExpired:
            raise self.stalled() from None

    def spoken(self) -> list[str]:
        """Return what the program said of errors, line by line."""
        self.errors.seek(0)
        return SPOKEN.findall(self.errors.read().decode(errors="replace"))

    def failure(self) -> OperatorError:
        """Return the error to raise when the program failed."""
        said = "\n".join(self.spoken()[:ERROR_LINES_SHOWN]) or "it gives no reason"
        return OperatorError(f"{self.name} failed: {said}")

    def stalled(self) -> OperatorError:
        """Return the error to raise when nothing moves any more."""
        return OperatorError(
            f"nothing moved for {self.silent_seconds / 60:.0f} minutes: see what the "
            "server waits for (`bot db status`), and try again"
        )


@contextmanager
def start_program(
    command: list[str],
    environment: Mapping[str, str],
    silent_seconds: float = SILENT_SECONDS,
) -> Iterator[Program]:
    """Run a program with pipes at stdin and stdout; it never outlives this."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # a Ctrl-C is ours to deal with
        )
        try:
            yield Program(Path(command[0]).name, process, errors, silent_seconds)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()
    end_process(process, {signal.SIGTERM: END_SECONDS})
