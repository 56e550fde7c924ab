"""Arguments of a call against the JSON schema of its tool.

The words of JSON Schema that say what a value is are held; others are ignored, as by
any validator: https://json-schema.org/draft/2020-12/json-schema-validation
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from db.records import storable_json

LONGEST_ARGUMENTS = 10_000
LONGEST_SHOWN = 60
DEEPEST = 12
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


class ArgumentsError(ValueError):
    """What the LLM wrote as arguments is wrong; the text tells it how."""


def read_arguments(written: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that an LLM wrote, as the ledger keeps them.

    Raises ArgumentsError.
    """
    if len(written) > LONGEST_ARGUMENTS:
        raise ArgumentsError(f"arguments have {LONGEST_ARGUMENTS} characters at most")
    try:
        value = json.loads(written or "{}", parse_constant=_refuse)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise ArgumentsError("arguments must be one JSON object") from None
    if not isinstance(value, dict):
        raise ArgumentsError("arguments must be one JSON object")
    problem = next(find_problems(value, schema), None)
    if problem:
        raise ArgumentsError(problem)
    kept: dict[str, Any] = storable_json(_plain(value))
    return kept


def _plain(value: Any) -> Any:
    """Return JSON with whole numbers as such: JSONB makes no difference."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def as_json(arguments: object) -> str:
    """Return arguments, or one of them, as text; the same text for the same ones."""
    return json.dumps(arguments, sort_keys=True, ensure_ascii=False)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def find_problems(
    value: Any, schema: Any, name: str = "arguments", depth: int = DEEPEST
) -> Iterator[str]:
    """Yield what of a value is not as the schema has it, in words for an LLM."""
    if not isinstance(schema, Mapping):
        return
    if depth == 0:
        yield f"{name} is nested too deeply"
        return
    yield from _find_of_kind(value, schema, name)
    if isinstance(value, dict):
        yield from _find_in_object(value, schema, name, depth)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            item = schema.get("items")
            yield from find_problems(one, item, f"{name}[{place}]", depth - 1)
    for options in (schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(options, list) and not any(
            next(find_problems(value, one, name, depth - 1), None) is None
            for one in options
        ):
            yield f"{name} is none of what it may be"


def _find_of_kind(value: Any, schema: Mapping[str, Any], name: str) -> Iterator[str]:
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds or []
    if names and not any(_is_a(value, kind) for kind in names):
        yield f"{name} must be of type {' or '.join(map(str, names))}"
    options = schema.get("enum")
    if isinstance(options, list) and value not in options:
        told = json.dumps(options, ensure_ascii=False)[: 3 * LONGEST_SHOWN]
        yield f"{name} must be one of {told}"
    if "const" in schema and value != schema["const"]:
        yield f"{name} must be {json.dumps(schema['const'])[:LONGEST_SHOWN]}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _find_beyond(value, schema, name, "minimum", "maximum")
    elif isinstance(value, str):
        yield from _find_beyond(len(value), schema, f"{name}'s length", *_OF_TEXT)
    elif isinstance(value, list):
        yield from _find_beyond(len(value), schema, f"{name}'s length", *_OF_LIST)


_OF_TEXT = ("minLength", "maxLength")
_OF_LIST = ("minItems", "maxItems")


def _find_beyond(
    size: float, schema: Mapping[str, Any], name: str, least: str, most: str
) -> Iterator[str]:
    low, high = schema.get(least), schema.get(most)
    if isinstance(low, int | float) and size < low:
        yield f"{name} must be {low} at least"
    if isinstance(high, int | float) and size > high:
        yield f"{name} must be {high} at most"


def _find_in_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], name: str, depth: int
) -> Iterator[str]:
    known = schema.get("properties")
    properties = known if isinstance(known, Mapping) else {}
    for wanted in schema.get("required") or ():
        if wanted not in value:
            yield f"{name} lacks {wanted}"
    for key, one in value.items():
        if key in properties:
            inner = f"{name}.{key}" if name != "arguments" else str(key)
            yield from find_problems(one, properties[key], inner, depth - 1)
        elif schema.get("additionalProperties") is False:
            yield f"there is no argument {key[:LONGEST_SHOWN]!r}"


def _is_a(value: Any, kind: object) -> bool:
    types = TYPES.get(str(kind))
    if types is None:
        return True
    if isinstance(value, bool):
        return bool in types
    is_whole = isinstance(value, float) and value.is_integer()
    return isinstance(value, types) or (kind == "integer" and is_whole)
