"""Reading environment variables: what is wrong with them is collected, not raised."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from db.errors import OperatorError

Value = TypeVar("Value")
QUOTED = """'[^']*'|"[^"]*\""""
LEFT_QUOTES = (
    "must be without the quotes around it: a shell and .env take them off, "
    "`docker run --env-file` leaves them there"
)
# Goes into an HTTP header, which holds nothing else.
KEY = "[!-~]+"
KEY_HINT = "as it was given to you: letters, digits and signs, without a blank"
# A proxy for the outside world can't reach a server on this machine.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROJECT = Path(__file__).parent.parent


def load_environment(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    """Return the .env file's values under those of the environment, which win.

    Raises OperatorError if the file is there and can't be read.
    """
    try:
        _check_lines(file)
        values = dotenv_values(file, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise OperatorError(
            f"{file} can't be read: it must be a text file in UTF-8 that the user who"
            " starts the bot may read."
        ) from None
    known = {name: value for name, value in values.items() if value is not None}
    return {**known, **environment}


def _check_lines(file: Path) -> None:
    """Raise OperatorError where python-dotenv would only warn and leave a line out."""
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        wrong = [part.original.line for part in parse_stream(lines) if part.error]
    if wrong:
        raise OperatorError(
            f"{file}, line {wrong[0]}, is no NAME=value: mend it, or begin it with #"
        )


class Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: dict[str, str] = {}
        self.asked: set[str] = set()

    def text(self, name: str, pattern: str = "", hint: str = "") -> str | None:
        """Return the variable, None where it is unset, empty or not as expected."""
        self.asked.add(name)
        value = self._environment.get(name, "").strip()
        if not _is_unicode(value):
            self.problems[name] = "must be text in UTF-8"
            return None
        if re.fullmatch(QUOTED, value, re.DOTALL):
            self.problems[name] = LEFT_QUOTES
            return None
        if value and pattern and not re.fullmatch(pattern, value):
            self.problems[name] = f"must be {hint}"
            return None
        return value or None

    def is_set(self, *names: str) -> bool:
        """Tell whether any of the variables is set, rightly or wrongly."""
        self.asked.update(names)
        return any(self._environment.get(name, "").strip() for name in names)

    def parsed(
        self, name: str, parse: Callable[[str], Value], default: Value, hint: str
    ) -> Value:
        """Return what `parse` makes of the variable; ValueError is a problem."""
        value = self.text(name)
        try:
            return default if value is None else parse(value)
        except (ValueError, OverflowError):
            self.problems[name] = f"must be {hint}"
            return default

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        hint = f"a whole number from {least} to {most}"
        return self.parsed(name, lambda v: _within(int(v), least, most), default, hint)

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """Return a number within bounds."""
        hint = f"a number from {least:g} to {most:g}"
        return self.parsed(
            name, lambda v: _within(float(v), least, most), default, hint
        )

    def expect_all(self, values: Mapping[str, object]) -> None:
        """Note every variable that has no value as missing beside the others."""
        for name, value in values.items():
            if not value:
                self.problems.setdefault(name, "is missing")

    def url(self, name: str) -> str | None:
        """Return an http(s) address without a trailing slash."""
        hint = "an address such as https://bot.example.com"
        return self.parsed(name, _parse_http_url, None, hint)

    def origin(self, name: str) -> str | None:
        """Return an http(s) address that is scheme and host alone."""
        hint = "scheme and host alone, such as https://bot.example.com, without a path"
        address = self.url(name)
        if address and urlsplit(address).path:
            self.problems[name] = f"must be {hint}"
            return None
        return address

    def zone(self, name: str, default: tzinfo) -> tzinfo:
        """Return a time zone by its IANA name."""
        hint = "the name of a time zone, such as Europe/Berlin"
        return self.parsed(name, _find_zone, default, hint)

    def file(self, name: str, path: str) -> str | None:
        """Return the text of the file that the variable names."""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            self.problems[name] = "must be a text file that can be read"
            return None


def _find_zone(name: str) -> tzinfo:
    try:  # some bad names are folders of the system's own database
        return UTC if name == "UTC" else ZoneInfo(name)
    except (OSError, KeyError) as error:
        raise ValueError from error


def _within(value: Value, least: Value, most: Value) -> Value:
    if not least <= value <= most:  # type: ignore[operator]
        raise ValueError
    return value


def _is_unicode(value: str) -> bool:
    """Tell whether the bytes were UTF-8; else Python shows them as surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse_http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError
    # What would be lost, or would be a secret shown to whoever sees the address.
    if re.search(r"[^!-~]|[?#]", value) or "@" in parts.netloc:
        raise ValueError
    return value.rstrip("/")
