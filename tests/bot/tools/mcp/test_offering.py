"""What of a server's list is offered, and what is left out with why."""

from typing import Any

import pytest

from bot.tools.mcp.offering import choose
from bot.tools.mcp.servers import McpServer

SHOP = McpServer(name="shop", command="x")
OBJECT = {"type": "object"}


def deep(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        inner = {"type": "array", "items": inner}
    return {**OBJECT, "properties": {"x": inner}}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "no object"),
        ({**OBJECT, "anyOf": []}, "LLMs do not take"),
        ({**OBJECT, "required": 5}, "no schema"),
        ({**OBJECT, "properties": {"x": {"type": 5}}}, "no schema"),
        ({**OBJECT, "properties": {"x": {"enum": "abc"}}}, "no schema"),
        ({**OBJECT, "properties": {"x": {"maximum": "9"}}}, "no schema"),
        ({**OBJECT, "properties": {"x": []}}, "no schema"),
        (deep(20), "too deeply"),
        ({**OBJECT, "properties": {"x": {"type": "array"}}}, "of what"),
        ({**OBJECT, "properties": {"x": {"type": ["array", "null"]}}}, "of what"),
        ({**OBJECT, "properties": {"two words": {}}}, "a name that LLMs"),
        ({**OBJECT, "properties": {"x": {"properties": {"": {}}}}}, "a name that LLMs"),
        ({**OBJECT, "properties": {"x" * 65: {}}}, "a name that LLMs"),
    ],
)
def test_arguments_that_nothing_can_be_held_against(
    schema: dict[str, Any], words: str
) -> None:
    choice = choose(SHOP, [{"name": "book", "inputSchema": schema}])
    assert choice.told == {}
    assert words in choice.left_out[0][1]


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["a.b", "a_b"], "a_b"),  # the LLM could not tell them apart
        (["b" * 60], "b" * 60),
        ([f"tool{number}" for number in range(65)], "…"),
    ],
)
def test_tools_without_a_name_of_their_own_are_left_out(
    names: list[str], left: str
) -> None:
    choice = choose(SHOP, [{"name": n, "inputSchema": OBJECT} for n in names])
    assert [tool for tool, _ in choice.left_out] == [left]


def test_only_what_the_operator_named_is_offered() -> None:
    server = McpServer(name="shop", command="x", only=frozenset({"find"}))
    told = [{"name": name, "inputSchema": OBJECT} for name in ("find", "erase")]
    assert set(choose(server, told).told) == {"find"}


def test_a_tool_that_says_too_much_is_left_out() -> None:
    told = {"name": "find", "inputSchema": OBJECT, "description": "x" * 20_000}
    assert choose(SHOP, [told]).told == {}


def test_whatever_counts_is_in_the_pin_and_nothing_else() -> None:
    told = {
        "name": "find",
        "inputSchema": OBJECT,
        "annotations": {"readOnlyHint": True},
    }
    first = choose(SHOP, [{**told, "icons": ["a"]}]).told
    assert choose(SHOP, [told]).told == first
    changes: tuple[dict[str, Any], ...] = (
        {"description": "x"},
        {"annotations": {}},
        {"inputSchema": {**OBJECT, "properties": {"x": {}}}},
    )
    for change in changes:
        assert choose(SHOP, [{**told, **change}]).told != first
