"""Arguments that an LLM wrote are held against their schema before anything begins."""

import json
from typing import Any

import pytest

from bot.tools.schemas import ArgumentsError, as_json, read_arguments

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order": {"type": "integer", "minimum": 1},
        "note": {"type": "string", "maxLength": 5},
        "size": {"enum": ["small", "large"]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "at": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "to": {
            "type": "object",
            "properties": {"zip": {"type": "string"}},
            "required": ["zip"],
        },
    },
    "required": ["order"],
    "additionalProperties": False,
}


def test_what_fits_is_kept_as_the_database_will_tell_it() -> None:
    given = '{"order": 17, "note": "a\\u0000\\ud800", "at": null, "to": {"zip": "1"}}'
    kept = {"order": 17, "note": "a\ufffd\ufffd", "at": None, "to": {"zip": "1"}}
    assert read_arguments(given, SCHEMA) == kept
    assert read_arguments("", {"type": "object"}) == {}
    assert as_json(read_arguments('{"order": 17.0}', SCHEMA)) == '{"order": 17}'


WRONG = {
    "arguments must be one JSON object": '{"order": 17',
    "arguments must be one": "[17]",
    "must be one JSON object": '{"order": NaN}',
    "be one JSON object": '{"order": 1e999}',
    "one JSON object": '{"order":' + "[" * 5000,
    "arguments lacks order": "{}",
    "order must be of type integer": '{"order": "17"}',
    "order must be of type": '{"order": true}',
    "order must be 1 at least": '{"order": 0}',
    "note's length must be 5 at most": '{"order": 1, "note": "longer"}',
    'size must be one of ["small", "large"]': '{"order": 1, "size": "huge"}',
    "tags[1] must be of type string": '{"order": 1, "tags": ["a", 2]}',
    "tags's length must be 2 at most": '{"order": 1, "tags": ["a", "b", "c"]}',
    "at is none of what it may be": '{"order": 1, "at": 3}',
    "to lacks zip": '{"order": 1, "to": {}}',
    "there is no argument 'user_id'": '{"order": 1, "user_id": "somebody else"}',
    "10000 characters at most": json.dumps({"order": "1" * 10_000}),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_does_not_is_told_to_the_llm(why: str) -> None:
    with pytest.raises(ArgumentsError) as raised:
        read_arguments(WRONG[why], SCHEMA)
    assert why in str(raised.value)


def test_a_schema_of_a_stranger_is_no_danger() -> None:
    deep: dict[str, Any] = {}
    deep["properties"] = {"a": deep}
    nested = '{"a":' * 50 + "1" + "}" * 50
    with pytest.raises(ArgumentsError, match="nested too deeply"):
        read_arguments(nested, deep)
    odd: dict[str, Any] = {"type": "no such", "properties": [], "items": 3}
    assert read_arguments('{"a": [1]}', odd) == {"a": [1]}
