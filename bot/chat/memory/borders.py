"""Material between borders that nobody who is quoted in it can forge.

Each border holds a word that follows from the material and a key of this process: no
user can know it, and prompts with the same material begin alike, which spares servers
that keep what they computed for equal beginnings.
"""

import hmac
import secrets
from collections.abc import Iterable

from bot.chat.sources.material import defused
from bot.chat.sources.plain import plain_lines

_KEY = secrets.token_bytes(32)
_SIGNS = 12


def frame(rules: str, lines: Iterable[str]) -> tuple[str, str]:
    """Return the rules, which name the `{border}`, and the lines between borders."""
    shown = "\n".join(lines)
    drawn = hmac.digest(_KEY, shown.encode("utf-8", "replace"), "sha256").hex()
    border = drawn[:_SIGNS]
    begins, ends = (f"=== {border} {word} ===" for word in ("begins", "ends"))
    return rules.replace("{border}", border), f"{begins}\n{shown}\n{ends}"


def barred(text: str, begins: str = "") -> str:
    """Return a text of others, each line behind a bar, the first after `begins`."""
    lines = [defused(line) for line in plain_lines(text)] or [""]
    first, *others = lines
    return "\n".join([f"| {begins}{first}", *(f"|   {line}" for line in others)])
