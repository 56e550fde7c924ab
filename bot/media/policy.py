"""What an operator decided about media: where they lie, whence they may come."""

import re
from dataclasses import dataclass
from pathlib import Path

from bot.environment import Reader

HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
HOSTS_HINT = "a host's name, such as media.example.com, or several by ,"
IN_DATABASE = "database"


@dataclass(frozen=True, slots=True)
class MediaPolicy:
    """`folder` has the bytes; None: the database has them.

    `more_hosts` may hold media beside Twilio's own. `echoes_voice`: an answer begins
    with what was heard.
    """

    folder: Path | None = None
    more_hosts: tuple[str, ...] = ()
    echoes_voice: bool = True


def read_media(read: Reader) -> MediaPolicy:
    """Return what the settings say of media."""
    store = read.text("MEDIA_STORE")
    nobody: tuple[str, ...] = ()
    is_folder = store is not None and store != IN_DATABASE
    return MediaPolicy(
        folder=Path(store).absolute() if store and is_folder else None,
        more_hosts=read.parsed("MEDIA_HOSTS", _read_hosts, nobody, HOSTS_HINT),
        echoes_voice=read.text("VOICE_ECHO", "on|off", "on or off") != "off",
    )


def tell_not_taken(error: OSError) -> str:
    """Return what an operator must look at who has bytes in a folder."""
    reason = error.strerror or type(error).__name__
    return (
        f"MEDIA_STORE takes no file: look at the folder's space and rights ({reason})"
    )


def _read_hosts(given: str) -> tuple[str, ...]:
    hosts = tuple(name for each in given.split(",") if (name := each.strip().lower()))
    if not all(HOST.fullmatch(name) for name in hosts):
        raise ValueError
    return hosts
