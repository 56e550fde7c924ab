"""The console of `make run`: the key that it signs with, and how it is started."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.environment import LOOPBACK
from bot.local.probes import HOST
from bot.local.supervisor import Child
from bot.settings import Settings
from db.files import write_once

KEY_FILE_NAME = "console_key"


def child_of(settings: Settings, environment: Mapping[str, str]) -> Child:
    """Return the console's process; its key, if none is set, is made once and kept."""
    known = dict(environment)
    if settings.console_secret_key is None:
        known["CONSOLE_SECRET_KEY"] = _read_or_make_key(settings.data_folder)
    return Child("console", ["bot", "console", "--host", HOST, "--warned"], known)


def line_about(settings: Settings) -> str:
    """Return what is told of it."""
    return f"  Console    {settings.console_url}/  (where people step in for the bot)"


def is_here(settings: Settings) -> bool:
    """Tell whether the console's address is this machine's own."""
    return urlsplit(settings.console_url).hostname in LOOPBACK


def _read_or_make_key(folder: Path) -> str:
    file = folder / KEY_FILE_NAME
    if not file.exists():
        write_once(file, secrets.token_urlsafe(32))
    return file.read_text().strip()
