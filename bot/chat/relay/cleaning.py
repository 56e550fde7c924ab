"""What others wrote, as it may stand in an operator's or a customer's chat."""

import unicodedata

from bot.terminal import HARMLESS, TRICKS

LONGEST_NAME = 40


def clean(text: str) -> str:
    """Return a text without control signs, and without what turns its direction."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in plain if _is_plain(sign))
    return "".join(kept).strip()


def clean_line(text: str, longest: int) -> str:
    """Return its beginning on one line."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}\u2026"


def clean_name(name: str) -> str:
    """Return what a customer is called by; their number where they told no name."""
    bare = name.removeprefix("whatsapp:")
    return clean_line(bare, LONGEST_NAME) or "somebody"


def _is_plain(sign: str) -> bool:
    return sign in HARMLESS or unicodedata.category(sign) not in TRICKS
