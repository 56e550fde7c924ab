"""psql on the bot's database."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from db.embedded import EmbeddedPostgresError, bin_folder
from db.engine import parse_url
from db.errors import OperatorError


def find_psql() -> str:
    """Return the installed psql, else the one of the embedded PostgreSQL's wheel."""
    found = shutil.which("psql")
    if found:
        return found
    try:
        return str(bin_folder() / "psql")
    except EmbeddedPostgresError as error:
        raise OperatorError(
            "psql is not installed: install PostgreSQL's client (on Debian: "
            "apt-get install postgresql-client)"
        ) from error


def open_shell(url: str, arguments: tuple[str, ...] = ()) -> int:
    """Run psql on the database until it ends; return its exit code.

    The password goes by the environment: arguments are for everyone to see. Call it
    from the main thread.
    """
    parsed = parse_url(url).set(drivername="postgresql")
    password = parsed.password or parsed.query.get("password")
    environment = dict(os.environ)
    if password:
        environment["PGPASSWORD"] = str(password)
    shown = parsed._replace(password=None).difference_update_query(["password"])
    command = [find_psql(), shown.render_as_string(), *arguments]
    with _leaving_interrupts_to_the_child():
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


@contextmanager
def _leaving_interrupts_to_the_child() -> Iterator[None]:
    """Ignore Ctrl-C meanwhile: in psql it cancels a query, or clears the line."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
