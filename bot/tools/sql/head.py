"""The head of a SQL tool's file: lines of comment that tell its name and parameters.

-- name: order_status
-- description: Tell what became of an order of the user's.
--   It is known by its number alone.
-- parameter: number integer: The number on the receipt.
-- parameter: since date optional: Only from this day on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

KEYS = (
    *("name", "description", "parameter", "approval", "seconds"),
    *("asks", "shared"),
)
REPEATED = ("parameter",)
LINE = re.compile(r"--\s?(?P<key>[a-z]+):\s*(?P<value>.*)")
CONTINUED = re.compile(r"--\s{2,}(?P<value>\S.*)")
PARAMETER = re.compile(
    r"(?P<name>[a-z_][a-z0-9_]{0,62})\s+(?P<kind>[a-z]+)(?P<optional>\s+optional)?"
    r"\s*(?::\s*(?P<told>\S.*))?"
)
PARAMETER_HINT = (
    "a parameter is told as `name type: what it is`, or `name type optional: …`; names "
    "have small letters, digits and _"
)
MOST_PARAMETERS = 20


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a statement is given: its name, its type, and what the LLM is told of it."""

    name: str
    kind: str
    told: str
    optional: bool
    line: int


@dataclass(slots=True)
class Entry:
    """One thing that a head tells, and its line in the file, from 1."""

    key: str
    value: str
    line: int


@dataclass(slots=True)
class Head:
    """All that a head tells; `lines` is how many it has."""

    entries: list[Entry] = field(default_factory=list)
    lines: int = 0

    def find(self, key: str) -> Entry | None:
        """Return what is told once."""
        return next((entry for entry in self.entries if entry.key == key), None)


class HeadError(ValueError):
    """What is wrong with a head; `line` is where."""

    def __init__(self, told: str, line: int) -> None:
        super().__init__(told)
        self.line = line


def read_head(lines: Sequence[str]) -> Head:
    """Return the head of a file: its comments above the statement. Raises HeadError."""
    head = Head()
    for number, line in enumerate(map(str.strip, lines), 1):
        if line and not line.startswith("--"):
            break
        head.lines = number
        if line.strip("-").strip():
            _add(head, line, number)
    return head


def _add(head: Head, line: str, number: int) -> None:
    if told := LINE.fullmatch(line):
        key = told["key"]
        if key not in KEYS:
            known = ", ".join(KEYS)
            raise HeadError(f"there is no {key!r}: a head tells {known}", number)
        if key not in REPEATED and head.find(key):
            raise HeadError(f"{key} is told twice", number)
        head.entries.append(Entry(key, told["value"].strip(), number))
    elif (more := CONTINUED.fullmatch(line)) and head.entries:
        last = head.entries[-1]
        last.value = f"{last.value} {more['value']}".strip()
    else:
        raise HeadError(
            "this is no `-- key: value`, nor, by two blanks, more of the line above; "
            "comments have their place in the statement",
            number,
        )


def read_parameters(head: Head) -> list[Parameter]:
    """Return the parameters, in their order. Raises HeadError."""
    found = list(_read_parameters(head))
    if len(found) > MOST_PARAMETERS:
        most = f"a tool has {MOST_PARAMETERS} parameters at most"
        raise HeadError(most, found[-1].line)
    return found


def _read_parameters(head: Head) -> Iterator[Parameter]:
    seen: set[str] = set()
    for entry in head.entries:
        if entry.key != "parameter":
            continue
        told = PARAMETER.fullmatch(entry.value)
        if told is None:
            raise HeadError(PARAMETER_HINT, entry.line)
        name, about = told["name"], told["told"] or ""
        if name in seen:
            raise HeadError(f"the parameter {name} is told twice", entry.line)
        seen.add(name)
        optional = bool(told["optional"])
        yield Parameter(name, told["kind"], about, optional, entry.line)
