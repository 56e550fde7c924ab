"""The types that a SQL tool's parameters have: for the LLM, and for PostgreSQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

LONGEST_TEXT = 1000
MOST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """One type: as PostgreSQL calls it, its JSON schema, how a value is read.

    `read` raises ValueError; `hint` says what it takes.
    """

    postgres: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Any]
    hint: str


def _whole(value: Any) -> int:
    number = int(value)
    if abs(number) > MOST_INTEGER:
        raise ValueError
    return number


KINDS: Mapping[str, Kind] = {
    "text": Kind("text", {"type": "string", "maxLength": LONGEST_TEXT}, str, "a text"),
    "integer": Kind("bigint", {"type": "integer"}, _whole, "a whole number"),
    "number": Kind("numeric", {"type": "number"}, str, "a number"),
    "boolean": Kind("boolean", {"type": "boolean"}, bool, "true or false"),
    "date": Kind(
        "date",
        {"type": "string", "format": "date"},
        date.fromisoformat,
        "a day such as 2026-11-29",
    ),
    "time": Kind(
        "time",
        {"type": "string", "format": "time"},
        lambda value: time.fromisoformat(value).replace(tzinfo=None),
        "a time of day such as 18:30",
    ),
    "uuid": Kind(
        "uuid",
        {"type": "string", "format": "uuid"},
        UUID,
        "an id such as 6f0e8a52-3c1d-4f0b-9a77-2b6f4d1c8e90",
    ),
}
