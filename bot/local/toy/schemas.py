"""What a tool takes, as its JSON schema says it: one kind for each argument."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.local.toy.words import tokens_of

Kind = Literal[
    "text", "integer", "number", "boolean", "date", "time", "moment", "choice", "list"
]
FORMATS: Mapping[str, Kind] = {"date": "date", "time": "time", "date-time": "moment"}
TYPES: Mapping[str, Kind] = {
    "string": "text", "integer": "integer", "number": "number", "boolean": "boolean",
    "array": "list",
}  # fmt: skip
# A server of tools may say in words alone what a text is to be.
SAID: Mapping[str, Kind] = {"date": "date", "day": "date", "time": "time"}
MARKS = frozenset({"number", "no", "id", "code", "ref", "reference", "sku"})
MOST_ARGUMENTS = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """One argument. `options` are those of a choice; `item` what a list holds."""

    name: str
    kind: Kind
    description: str = ""
    is_required: bool = False
    options: tuple[Any, ...] = ()
    item: "Wanted | None" = None

    @property
    def is_mark(self) -> bool:
        """Whether it is a number, or a code, by which something is known."""
        return bool(MARKS & set(tokens_of(self.name.replace("_", " "))))


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool, as a request offers it."""

    name: str
    description: str
    arguments: tuple[Wanted, ...]

    @property
    def required(self) -> tuple[Wanted, ...]:
        """What it can't do without."""
        return tuple(one for one in self.arguments if one.is_required)

    def lacks(self, given: Mapping[str, Any]) -> tuple[Wanted, ...]:
        """Return what it needs beside what is given."""
        return tuple(one for one in self.required if one.name not in given)


def read_tool(told: Any) -> Offered | None:
    """Return a tool of a request; None where it is written otherwise."""
    function = told.get("function") if isinstance(told, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return None
    schema = _object(function.get("parameters"))
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    known = list(_object(schema.get("properties")).items())[:MOST_ARGUMENTS]
    wanted = (_wanted(name, _object(one), name in needed) for name, one in known)
    described = str(function.get("description") or "")
    return Offered(function["name"], described, tuple(filter(None, wanted)))


def _wanted(name: str, schema: dict[str, Any], is_required: bool) -> Wanted | None:
    schema = _object(_without_null(schema))
    kind = _kind(name, schema)
    if kind is None:
        return Wanted(name, "text", "", True) if is_required else None
    options = schema.get("enum")
    return Wanted(
        name,
        kind,
        str(schema.get("description") or ""),
        is_required,
        tuple(options) if isinstance(options, list) else (),
        _wanted(name, _object(schema.get("items")), False) if kind == "list" else None,
    )


def _without_null(schema: dict[str, Any]) -> Any:
    """Return what an argument is where it is given."""
    for options in (schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(options, list):
            given = [o for o in options if _object(o).get("type") != "null"]
            inner = _object(given[0]) if len(given) == 1 else {}
            return {"description": schema.get("description"), **inner}
    return schema


def _kind(name: str, schema: dict[str, Any]) -> Kind | None:
    if isinstance(schema.get("enum"), list):
        return "choice"
    types = schema.get("type")
    given = [one for one in types if one != "null"] if isinstance(types, list) else []
    kind = TYPES.get(str(given[0] if given else types))
    if kind != "text":
        return kind
    told = FORMATS.get(str(schema.get("format")))
    return told or _said(name, str(schema.get("description") or "")) or "text"


def _said(name: str, description: str) -> Kind | None:
    if re.search(r"YYYY-MM-DD(?!T)", description):
        return "date"
    last = (tokens_of(name.replace("_", " ")) or [""])[-1]
    return SAID.get(last)


def _object(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}
