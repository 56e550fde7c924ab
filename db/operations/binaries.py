"""pg_dump and pg_restore that fit the server, wherever they are installed."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from db.embedded.errors import EmbeddedPostgresError
from db.embedded.programs import bin_folder
from db.errors import OperatorError

PROBE_SECONDS = 10
# Debian and Ubuntu, Red Hat, Homebrew on Apple's and on Intel's processors.
INSTALLED = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/opt/homebrew/opt", "libpq/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "libpq/bin"),
)


def find_binary(
    name: str, server_major: int, folders: Sequence[Path] | None = None
) -> tuple[Path, int]:
    """Return the program for a server of that major version, and its own major.

    The same major first, else the nearest newer one: an older pg_dump refuses a newer
    server. `folders` are those to look in, by default all that are usual. Raises
    OperatorError where none fits.
    """
    found: dict[Path, int] = {}
    for folder in folders if folders is not None else usual_folders():
        found[folder] = _major_of(folder / name)
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


def _major_of(program: Path) -> int:
    """Return a program's major version; 0 where there is none that runs."""
    if not shutil.which(program):
        return 0
    command = [str(program), "--version"]
    try:
        shown = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    return int(number[1]) if number else 0
