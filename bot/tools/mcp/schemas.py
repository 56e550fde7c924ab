"""Whether a schema of a server's is one that arguments can be held against."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

DEEPEST = 12
LISTS_OF_NAMES = ("required",)
LISTS = ("enum", "anyOf", "oneOf", "allOf")
NUMBERS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
# Beside "type" they would say of all arguments together what LLMs' servers refuse.
NOT_ON_TOP = ("$ref", "allOf", "anyOf", "oneOf", "not", "enum")

# What LLMs' servers take as the name of an argument.
NAME = re.compile("[A-Za-z0-9_.-]{1,64}")


def find_fault(schema: Any) -> str | None:
    """Return what is wrong with the schema of a tool's arguments, in words of ours."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return "its arguments are no object"
    if any(word in schema for word in NOT_ON_TOP):
        return "its arguments are told in a way that LLMs do not take"
    return next(_faults(schema, DEEPEST), None)


def _faults(schema: Any, depth: int) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping) or depth == 0:
        yield "its arguments are nested too deeply, or no schema"
        return
    if not (_are_sound(schema) and _is_kind(schema.get("type", "object"))):
        yield "its arguments are told by no schema"
        return
    if any(not NAME.fullmatch(str(name)) for name in schema.get("properties", {})):
        yield "an argument has a name that LLMs do not take"
    if _is_array(schema.get("type")) and "items" not in schema:
        yield "a list among its arguments does not tell of what"
    for inner in _inner(schema):
        yield from _faults(inner, depth - 1)


def _are_sound(schema: Mapping[str, Any]) -> bool:
    names = [schema[word] for word in LISTS_OF_NAMES if word in schema]
    lists = [schema[word] for word in LISTS if word in schema]
    numbers = [schema[word] for word in NUMBERS if word in schema]
    return (
        isinstance(schema.get("properties", {}), Mapping)
        and all(_is_list_of_texts(each) for each in names)
        and all(isinstance(each, list) for each in lists)
        and all(isinstance(each, int | float) for each in numbers)
    )


def _is_array(kind: Any) -> bool:
    return kind == "array" or (isinstance(kind, list) and "array" in kind)


def _is_kind(kind: Any) -> bool:
    return isinstance(kind, str) or _is_list_of_texts(kind)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _inner(schema: Mapping[str, Any]) -> Iterator[Any]:
    yield from schema.get("properties", {}).values()
    for word in ("anyOf", "oneOf", "allOf"):
        yield from schema.get(word, [])
    for word in ("items", "additionalProperties"):
        if word in schema:
            yield schema[word]
