"""psql on the bot's database."""

import os
import shutil
import subprocess

from db.embedded import bin_folder
from db.engine import parse_url
from db.errors import OperatorError


def find_psql() -> str:
    """Return the installed psql, else the one of the embedded PostgreSQL's wheel."""
    found = shutil.which("psql")
    if found:
        return found
    try:
        return str(bin_folder() / "psql")
    except Exception as error:
        raise OperatorError(
            "psql is not installed: install PostgreSQL's client (on Debian: "
            "apt-get install postgresql-client)"
        ) from error


def open_shell(url: str, arguments: tuple[str, ...] = ()) -> int:
    """Run psql on the database until it ends; return its exit code.

    The password goes by the environment: arguments are for everyone to see.
    """
    parsed = parse_url(url).set(drivername="postgresql")
    environment = dict(os.environ)
    if parsed.password is not None:
        environment["PGPASSWORD"] = parsed.password
    shown = parsed._replace(password=None).render_as_string()
    command = [find_psql(), shown, *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
