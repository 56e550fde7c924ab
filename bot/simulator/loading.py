"""Loads what the bot sends beside text from where the bot says it is, as Twilio does.

Source: https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
"""

import socket
import time
from urllib.parse import urlsplit

import requests

from bot.public_addresses import is_public
from bot.simulator.archive import Content

MOST_BYTES = 16 * 2**20
SECONDS = 10.0
PIECE = 64 * 1024


class NotLoadedError(Exception):
    """The address gives no file; the text says why."""


def origin_of(url: str) -> str:
    """Return the beginning of an address: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def load(url: str, bot_origin: str) -> Content:
    """Return the bytes at an address, and their type. Raises NotLoadedError.

    Of machines that only this one reaches, the bot is asked alone. No redirect is
    followed.
    """
    if origin_of(url) != bot_origin and not _is_public(url):
        raise NotLoadedError("it is no public https:// address")
    ends = time.monotonic() + SECONDS
    try:
        with requests.Session() as session:
            session.trust_env = origin_of(url) != bot_origin
            found = session.get(url, timeout=5, stream=True, allow_redirects=False)
            with found:
                return _read(found, ends)
    except (requests.RequestException, ValueError) as error:
        raise NotLoadedError(f"it can't be loaded: {type(error).__name__}") from None


def _read(found: requests.Response, ends: float) -> Content:
    if found.status_code != 200:
        raise NotLoadedError(f"it answered {found.status_code}")
    data = bytearray()
    for piece in found.iter_content(PIECE):
        data += piece
        if len(data) > MOST_BYTES:
            raise NotLoadedError("it is larger than 16 MB, WhatsApp's limit")
        if time.monotonic() > ends:
            raise NotLoadedError(f"it takes longer than {SECONDS:.0f} s")
    kind = found.headers.get("Content-Type", "application/octet-stream")
    return Content(kind.partition(";")[0].strip().lower(), bytes(data))


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        found = socket.getaddrinfo(parts.hostname, parts.port or 443)
    except (OSError, ValueError):
        return False
    return parts.scheme == "https" and all(is_public(str(at[4][0])) for at in found)
