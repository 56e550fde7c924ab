"""What may be a user's name, e-mail address or company."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from bot.chat.sources.plain import plain_line

LONGEST_NAME = 80
LONGEST_EMAIL = 254  # RFC 5321
MOST_DIGITS = 4
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z]{2,63}"
)
NOT_IN_NAMES = re.compile(r"[@<>\[\]{}\\|=*_~`]|https?:|www\.")


def read_name(given: str) -> str | None:
    """Return a person's name, or a company's; None: it is none."""
    if plain_line(given) != given.strip() or NOT_IN_NAMES.search(given):
        return None
    name = given.strip()
    letters = sum(unicodedata.category(sign)[0] == "L" for sign in name)
    digits = sum(map(str.isdigit, name))
    fits = 0 < len(name) <= LONGEST_NAME and letters and digits <= MOST_DIGITS
    return name if fits else None


def read_email(given: str) -> str | None:
    """Return an e-mail address as it is stored; None: it is none."""
    email = given.strip().lower()
    fits = len(email) <= LONGEST_EMAIL and EMAIL.fullmatch(email)
    return email if fits and ".." not in email else None


READERS: Mapping[str, Callable[[str], str | None]] = {
    "name": read_name,
    "email": read_email,
    "company": read_name,
}
