"""The console of `make run`: its key, how it is started, and how one gets in."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.environment import LOOPBACK
from bot.local.probes import HOST
from bot.local.supervisor import Child
from bot.settings import Settings
from bot.wiring.looks import with_database
from db.database import Database
from db.files import write_once
from db.logins.invitations import invite_newcomer

KEY_FILE_NAME = "console_key"


def child_of(settings: Settings, environment: Mapping[str, str]) -> Child:
    """Return the console's process; its key, if none is set, is made once and kept."""
    known = dict(environment)
    if settings.console_secret_key is None:
        known["CONSOLE_SECRET_KEY"] = _read_or_make_key(settings.data_folder)
    return Child("console", ["bot", "console", "--host", HOST, "--warned"], known)


def line_about(settings: Settings, own_database: str | None) -> str:
    """Return what is told of it: how a newcomer gets in, where all of it is ours.

    `own_database` is the one that `make run` brought along, if it did.
    """
    address = settings.console_url
    if own_database is None or urlsplit(address).hostname not in LOOPBACK:
        return f"  Console    {address}/  (`bot users invite` lets people in)"
    word = with_database(own_database, _invite)
    return f"  Console    {address}/invitation/{word}  (logs you in, once)"


def _invite(database: Database) -> str:
    with database.transaction() as connection:
        return invite_newcomer(connection)


def _read_or_make_key(folder: Path) -> str:
    file = folder / KEY_FILE_NAME
    if not file.exists():
        write_once(file, secrets.token_urlsafe(32))
    return file.read_text().strip()
