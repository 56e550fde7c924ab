"""Whether a schema of a server's is one that arguments can be held against."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DEEPEST = 12
LISTS_OF_NAMES = ("required",)
LISTS = ("enum", "anyOf", "oneOf", "allOf")
NUMBERS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
# Beside "type" they would say of all arguments together what LLMs' servers refuse.
NOT_ON_TOP = ("$ref", "allOf", "anyOf", "oneOf", "not", "enum")

# What an LLM only reads: nothing is held against it.
TO_READ = ("title", "description", "$comment")
# Controls, signs that turn others around, and those that nobody sees: in what a value
# must be they can't be left out, for the server would not know it.
HIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\uf8ff\U000e0000-\U0010ffff]"
)
# What LLMs' servers take as the name of an argument.
NAME = re.compile("[A-Za-z0-9_.-]{1,64}")


def find_fault(schema: Any) -> str | None:
    """Return what is wrong with the schema of a tool's arguments, in words of ours."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return "its arguments are no object"
    if any(word in schema for word in NOT_ON_TOP):
        return "its arguments are told in a way that LLMs do not take"
    if any(HIDDEN.search(text) for text in _texts(schema)):
        return "its arguments are told with signs that nobody sees"
    return next(_faults(schema, DEEPEST), None)


def make_plain(schema: Any, plain: Callable[[str], str]) -> None:
    """Have all that an LLM only reads in a schema, at any depth, made `plain`."""
    for inner in _all_within(schema):
        if isinstance(inner, dict):
            read = {word: inner[word] for word in TO_READ if word in inner}
            inner |= {w: plain(t) for w, t in read.items() if isinstance(t, str)}


def _texts(schema: Any) -> Iterator[str]:
    """Yield all names and values that are texts, but for what is only read."""
    for inner in _all_within(schema):
        told = inner.items() if isinstance(inner, Mapping) else ((0, o) for o in inner)
        for name, value in told:
            yield str(name)
            if isinstance(value, str) and name not in TO_READ:
                yield value


def _all_within(schema: Any) -> Iterator[Any]:
    """Yield all objects and lists, whatever they say, and however deep."""
    left = [schema]
    while left:
        one = left.pop()
        if isinstance(one, Mapping | list):
            yield one
            left += one.values() if isinstance(one, Mapping) else one


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
