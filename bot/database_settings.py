"""Which database: one address, or its pieces and a password, also from a file."""

from pathlib import Path

from bot.environment import Reader
from db.address import build_url, is_address

NAME = "whatsapp_bot"


def read_database_url(read: Reader) -> str | None:
    """Return the URL, None where nothing is set; problems go to the reader."""
    if not read.is_set("DATABASE_URL") and read.is_set("POSTGRES_HOST"):
        return _build_database_url(read)
    hint = "an address such as postgresql://user:password@host:5432/name"
    return read.parsed("DATABASE_URL", _check_database_url, None, hint)


def _build_database_url(read: Reader) -> str:
    return build_url(
        host=read.text("POSTGRES_HOST", "[0-9A-Za-z._:-]+", "a host's name or address")
        or "",
        port=read.integer("POSTGRES_PORT", 5432, 1, 65535),
        database=read.text("POSTGRES_DB", "[0-9A-Za-z_.-]+", "a database's name")
        or NAME,
        user=read.text("POSTGRES_USER") or NAME,
        password=_read_password(read),
    )


def _read_password(read: Reader) -> str | None:
    word, file = read.text("POSTGRES_PASSWORD"), read.text("POSTGRES_PASSWORD_FILE")
    if file is None:
        return word
    if word is not None:
        clash = "is set, and POSTGRES_PASSWORD too: keep one"
        read.problems["POSTGRES_PASSWORD_FILE"] = clash
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        unread = "must be a text file that can be read"
        read.problems["POSTGRES_PASSWORD_FILE"] = unread
        return None


def _check_database_url(url: str) -> str:
    if not is_address(url):
        raise ValueError
    return url
