"""psql on the bot's database."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from db.address import split_password
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.programs import bin_folder, major_of
from db.errors import OperatorError

PSQLRC = Path(__file__).parents[1] / "sql" / "psqlrc"
COMMAND_OPTION = re.compile("-[A-Za-z]*c|--command")


def find_psql() -> str:
    """Return the installed psql, or the wheel's where none is, or where it is older.

    An older psql warns of a newer server at each start, a newer one knows older ones.
    """
    installed = shutil.which("psql")
    try:
        of_the_wheel = bin_folder() / "psql"
    except EmbeddedPostgresError as error:
        if installed:
            return installed
        raise OperatorError(
            "psql is not installed: install PostgreSQL's client (on Debian: "
            "apt-get install postgresql-client)"
        ) from error
    if installed and major_of(Path(installed)) >= major_of(of_the_wheel):
        return installed
    return str(of_the_wheel)


def open_shell(url: str, arguments: tuple[str, ...] = ()) -> int:
    """Run psql on the database until it ends; return its exit code.

    It reads the project's psqlrc, so `-c :inbox` runs a saved query. The password goes
    by the environment: arguments are for everyone to see. Call it from the main thread.
    """
    shown, password = split_password(url)
    # Unless told otherwise: less, where wide tables scroll sideways and small ones just
    # stand; and no file of what was typed, which is full of names and numbers.
    chosen = {"LESS": "-SRFX", "PSQL_HISTORY": os.devnull}
    environment = {**chosen, **os.environ, "PSQLRC": str(PSQLRC)}
    if password:
        environment["PGPASSWORD"] = password
    given, typed = _type_saved_query(arguments)
    command = [find_psql(), shown, *given]
    with _leaving_interrupts_to_the_child():
        run = subprocess.run(  # noqa: S603
            command, env=environment, check=False, input=typed, text=True
        )
    return run.returncode


def _type_saved_query(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """Return psql's arguments, and what to type to it where one is `-c :name`.

    psql's own -c knows no variables.
    """
    for at, (option, value) in enumerate(pairwise(arguments)):
        if COMMAND_OPTION.fullmatch(option) and value.startswith(":"):
            others = (option[:-1],) if len(option) > 2 and option[1] != "-" else ()
            typing = (*others, "-v", "ON_ERROR_STOP=1", "-f", "-")
            return (*arguments[:at], *typing, *arguments[at + 2 :]), value + "\n"
    return arguments, None


@contextmanager
def _leaving_interrupts_to_the_child() -> Iterator[None]:
    """Ignore Ctrl-C meanwhile: in psql it cancels a query, or clears the line."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
