"""What listens on this machine, and where there is room."""

import socket
from http.client import HTTPException

from bot.local.model import DIRECTLY

HOST = "127.0.0.1"


def says(url: str, word: bytes = b"") -> bool:
    """Tell whether something answers there, and begins with a word."""
    try:
        with DIRECTLY.open(url, timeout=2) as answer:
            told: bytes = answer.read(100)
            return told.startswith(word)
    except (OSError, HTTPException):
        return False


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def find_free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
