"""Text of documents, without what would pretend to be something else."""

import unicodedata

# Control characters, half characters, separators of lines, and invisible signs of
# format such as those that turn the direction of writing. Joiners stay: emoji and some
# scripts need them.
_TRICKS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}
# Brackets may stand around an address of IPv6, which nobody's page has.
_NOT_IN_URLS = set(' "<>[\\]^`{|}')
# What WhatsApp takes for formatting.
_MARKUP = str.maketrans({"*": " ", "_": " ", "~": " ", "`": " "})


def plain_lines(text: str) -> list[str]:
    """Return the lines that show anything, without tricks."""
    lines = (plain_line(line) for line in text.splitlines())
    return [line for line in lines if line]


def plain_line(text: str, most: int | None = None) -> str:
    """Return the text on one line, of at most so many characters."""
    line = " ".join("".join(map(_shown, text)).split())
    return line if most is None or len(line) <= most else f"{line[: most - 1]}\u2026"


def plain_name(text: str, most: int) -> str:
    """Return a name on one line that WhatsApp shows as it stands."""
    return plain_line(text.translate(_MARKUP).lstrip("#>- "), most)


def is_plain_url(url: str) -> bool:
    """Tell whether an address ends where it seems to, and hides nothing."""
    return url.isascii() and url.isprintable() and not _NOT_IN_URLS & set(url)


def _shown(sign: str) -> str:
    if sign in _JOINERS or unicodedata.category(sign) not in _TRICKS:
        return sign
    return " " if sign.isspace() or unicodedata.category(sign)[0] == "Z" else ""
