"""What of a server's list is offered, and what is left out with why."""

import json
from typing import Any

import pytest

from bot.tools.mcp.offering import choose
from bot.tools.mcp.pins import PinsAsTheyAre
from bot.tools.mcp.servers import McpServer
from bot.tools.mcp.toolbox import McpToolbox
from tests.bot.log_lines import recorded_log
from tests.bot.tools.mcp.shops import names

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


def test_nothing_is_hidden_in_what_is_told_of_arguments() -> None:
    hidden = "Its number\u202e\u200b\x1b\U000e0041"
    deep_in = {"type": "object", "properties": {"title": {"description": hidden}}}
    properties = {"x": {"type": "array", "items": deep_in, "title": hidden}}
    schema = {**OBJECT, "properties": properties, "$defs": {"a": {"title": hidden}}}
    choice = choose(SHOP, [{"name": "book", "inputSchema": schema}])
    [offer] = choice.listing({"book"}).offers
    told = json.dumps(offer.spec.parameters, ensure_ascii=False)
    assert told.count('"Its number"') == 3
    assert "\\u202e" in choice.told["book"], "the pin has it as it came"


@pytest.mark.parametrize(
    "inner", [{"enum": ["\u202ea"]}, {"const": "a\x1b"}, {"default": ["\U000e0041"]}]
)
def test_a_tool_whose_values_hide_something_is_left_out(inner: dict[str, Any]) -> None:
    schema = {**OBJECT, "properties": {"x": inner}}
    choice = choose(SHOP, [{"name": "book", "inputSchema": schema}])
    assert "signs that nobody sees" in choice.left_out[0][1]
    fine = {**OBJECT, "properties": {"x": {"enum": ["\u0645\u06cc\u200c\u062e"]}}}
    assert choose(SHOP, [{"name": "book", "inputSchema": fine}]).told


def test_all_servers_together_say_no_more_than_a_prompt_has_room_for() -> None:
    def said(server: str) -> dict[str, str]:
        words = {"enum": ["x" * 15_000]}
        schema = {**OBJECT, "properties": {"x": words}}
        told = [{"name": f"t{n}", "inputSchema": schema} for n in range(3)]
        return dict(choose(McpServer(name=server, command="x"), told).told)

    pins = PinsAsTheyAre({name: said(name) for name in ("a", "b")})
    box = McpToolbox([McpServer(name=n, command="false") for n in ("a", "b")], pins)
    with recorded_log() as log:
        box.start()
        try:
            assert names(box) == ["a__t0", "a__t1", "a__t2", "b__t0"]
        finally:
            box.close()
    assert sum("is not offered" in line for line in log.messages) == 2


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
