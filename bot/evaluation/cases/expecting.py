"""Expectations as files, commands and the database write them: one set of names."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import regex

from bot.chat.sources.numbers import read_numbers
from bot.evaluation.cases.nouns import Expectations, ExpectedCall
from bot.languages.names import LANGUAGES

MOST_OF_A_KIND = 50
LONGEST_WORDS = 2000
MOST_COUNTED = 100_000
YES = {"yes": True, "true": True, "no": False, "false": False}
PATTERN = regex.compile(r"/(.+)/", regex.DOTALL)


class ExpectationError(ValueError):
    """Something that is expected can't be read; `key` is its name."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key, self.why = key, why


def read_expectations(given: Mapping[str, Any]) -> Expectations:
    """Read what an answer must have. Raises ExpectationError."""
    known: dict[str, Any] = {}
    for key, value in given.items():
        if key not in READERS:
            names = ", ".join(READERS)
            raise ExpectationError(key, f"is not known here: there are {names}")
        field, read = READERS[key]
        try:
            known[field] = read(value)
        except ValueError as error:
            raise ExpectationError(key, str(error)) from None
    return Expectations(**known)


def write_expectations(expects: Expectations) -> dict[str, Any]:
    """Return them by the same names, as JSON; what is not asked is left out."""
    told: dict[str, Any] = {}
    for key, (field, _) in READERS.items():
        value = getattr(expects, field)
        if value not in ((), None, False) or (value is False and field in EITHER):
            told[key] = _written(field, value)
    return told


def find_pattern(words: str) -> str | None:
    """Return what stands between slashes; None: they are words."""
    found = PATTERN.fullmatch(words)
    return str(found[1]) if found else None


def _written(field: str, value: Any) -> Any:
    if field == "calls":
        return [{"name": one.tool, "arguments": dict(one.arguments)} for one in value]
    if field == "never_again":
        return False  # again: no
    return list(value) if isinstance(value, tuple) else value


def _texts(value: Any) -> tuple[str, ...]:
    """Return one text, or a list of them."""
    given = value if isinstance(value, list | tuple) else [value]
    if len(given) > MOST_OF_A_KIND:
        raise ValueError(f"has more than {MOST_OF_A_KIND}")
    return tuple(_text(one) for one in given)


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise ValueError("must be words")
    if len(text) > LONGEST_WORDS:
        raise ValueError(f"has more than {LONGEST_WORDS} characters")
    return text


def _words(value: Any) -> tuple[str, ...]:
    texts = _texts(value)
    for pattern in filter(None, map(find_pattern, texts)):
        try:
            regex.compile(pattern)
        except regex.error as error:
            raise ValueError(f"/{pattern}/ is no pattern: {error}") from None
    return texts


def _numbers(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    texts = _texts([str(one) for one in given])
    for text in texts:
        if len(read_numbers(text)) != 1:
            raise ValueError(f"{text!r} must be one number, such as 4.20 €, or 9:30")
    return texts


def _calls(value: Any) -> tuple[ExpectedCall, ...]:
    given = value if isinstance(value, list | tuple) else [value]
    if len(given) > MOST_OF_A_KIND:
        raise ValueError(f"has more than {MOST_OF_A_KIND}")
    return tuple(_call(one) for one in given)


def _call(value: Any) -> ExpectedCall:
    """Return NAME, NAME:JSON, or {name, arguments}."""
    if isinstance(value, Mapping):
        if unknown := value.keys() - {"name", "arguments"}:
            raise ValueError(f"has {sorted(unknown)[0]!r} beside name and arguments")
        arguments = value.get("arguments") or {}
        return ExpectedCall(_text(value.get("name")), _object(arguments))
    name, colon, written = _text(value).partition(":")
    if not colon:
        return ExpectedCall(name)
    try:
        return ExpectedCall(_text(name), _object(json.loads(written)))
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("behind NAME: there must be a JSON object") from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("arguments must be names and values")  # noqa: TRY004
    return value


def _language(value: Any) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return str(value)


def _count(value: Any) -> int:
    text = str(value)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= MOST_COUNTED:
        raise ValueError(f"must be a number from 1 to {MOST_COUNTED}")
    return int(text)


def read_yes(value: Any) -> bool:
    """Return what yes or no says. Raises ValueError."""
    found = value if isinstance(value, bool) else YES.get(str(value).lower())
    if found is None:
        raise ValueError("must be yes or no")
    return found


def _only(wanted: bool, told: str) -> Callable[[Any], bool]:
    def read(value: Any) -> bool:
        if read_yes(value) is not wanted:
            raise ValueError(f"must be {told}, or be left out")
        return True

    return read


# By the name: the field, and how it is read.
READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "must": ("must", _words),
    "must_not": ("must_not", _words),
    "numbers": ("numbers", _numbers),
    "source": ("sources", _texts),
    "tool": ("calls", _calls),
    "no_tool": ("calls_none", _only(True, "yes")),
    "language": ("language", _language),
    "longest": ("longest", _count),
    "messages": ("messages", _count),
    "again": ("never_again", _only(False, "no")),
    "known": ("known", read_yes),
    "hands_over": ("hands_over", read_yes),
    "judge": ("judge", _texts),
}
# Of these, no says something, too.
EITHER = ("known", "hands_over")
