"""An operator's functions as tools: what the LLM is told, and what comes back."""

import types
from pathlib import Path
from uuid import UUID

import pytest

from bot.tools import declaring
from bot.tools.declaring import find_tools, tool
from bot.tools.protocol import Caller, ToolFailedError, ToolUnclearError
from bot.tools.python_tools import MOST_AT_ONCE, PythonTools, load_python_tools
from bot.tools.registry import Registry
from db.errors import OperatorError
from tests.bot.tools import shop
from tests.bot.tools.callers import ANA

KEY = UUID(int=7)
WINDOW = {"table": "window", "on": "2026-12-24"}


@pytest.fixture(scope="module")
def tools() -> PythonTools:
    return load_python_tools("tests.bot.tools.shop")


def test_a_function_tells_what_it_is_by_name_docstring_and_types(
    tools: PythonTools,
) -> None:
    hours = tools.offered()[0]
    assert (hours.name, hours.description) == (
        "opening_hours",
        "Tell when the shop is open.",
    )
    assert hours.parameters == {
        "type": "object",
        "properties": {"day": {"enum": ["weekday", "weekend"]}},
        "required": [],
        "additionalProperties": False,
    }


def test_an_argument_may_be_described_and_left_out(tools: PythonTools) -> None:
    table = tools.offered()[1]
    assert table.description.endswith("Only after they said for how many.")
    assert (table.effects, table.approval, table.resource) == (
        "keyed",
        "customer",
        "table",
    )
    assert table.parameters["properties"] == {
        "table": {"type": "string", "description": "By the window, or at the door"},
        "on": {"type": "string", "format": "date"},
        "people": {"type": "integer"},
        "wishes": {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "null"},
            ]
        },
    }
    assert table.parameters["required"] == ["table", "on"]
    assert [spec.name for spec in tools.offered()][2:] == ["break_down", "hang"]


def test_what_nobody_declared_is_never_called_twice(tools: PythonTools) -> None:
    found = {spec.name: spec.effects for spec in tools.offered()}
    assert found["break_down"] == "once"


def test_the_bot_says_who_asks_and_gives_the_key(tools: PythonTools) -> None:
    told = tools.call("book_table", {**WINDOW, "wishes": ["quiet"]}, ANA, KEY, 10)
    assert told == '{"booked": "window", "on": "2026-12-24"}'
    assert shop.booked[str(KEY)] == (
        "whatsapp:+15551230001 window on 24 December for 2: quiet"
    )


def test_what_failed_for_certain_is_told_apart_from_what_may_have_happened(
    tools: PythonTools,
) -> None:
    with pytest.raises(ToolFailedError, match="that day is over"):
        tools.call("book_table", {**WINDOW, "on": "2025-12-24"}, ANA, KEY, 10)
    with pytest.raises(ToolFailedError, match="an argument is wrong"):
        tools.call("book_table", {**WINDOW, "on": "Christmas"}, ANA, KEY, 10)
    with pytest.raises(ToolUnclearError) as raised:
        tools.call("break_down", {}, ANA, KEY, 10)
    assert str(raised.value).startswith("it raised KeyError at shop.py:")
    with pytest.raises(ToolUnclearError, match="no answer within"):
        tools.call("hang", {}, ANA, KEY, 0.05)


def test_functions_that_never_return_take_so_many_threads_and_no_more() -> None:
    tools = PythonTools(find_tools(shop))
    for _ in range(MOST_AT_ONCE):
        with pytest.raises(ToolUnclearError):
            tools.call("hang", {}, ANA, KEY, 0.001)
    with pytest.raises(ToolFailedError, match="too many"):
        tools.call("opening_hours", {}, ANA, KEY, 10)
    shop.NEVER.set()


def test_a_file_is_as_good_as_a_module(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(
        "from bot.tools import tool\n\n\n@tool(effects='none')\n"
        "def ping() -> None:\n    'Answer.'\n"
    )
    own = load_python_tools(str(file))
    assert Registry([own]).call("ping", {}, ANA, KEY, 10) == "Done."


def test_a_module_without_tools_says_what_is_missing() -> None:
    with pytest.raises(OperatorError, match="marked with @tool"):
        load_python_tools("tests.bot.tools.callers")
    with pytest.raises(OperatorError, match="BOT_TOOLS names no_such_module"):
        load_python_tools("no_such_module")


def _without_docstring(a: str) -> str:
    return a


def _without_hint(a) -> str:  # type: ignore[no-untyped-def]
    """Say it."""
    return str(a)


def _of_odd_type(a: set[str]) -> str:
    """Say it."""
    return str(a)


def _of_all(*a: str) -> str:
    """Say it."""
    return str(a)


async def _in_time(a: str) -> str:
    """Say it."""
    return a


WRONG = {
    "needs a docstring": _without_docstring,
    "a needs a type hint": _without_hint,
    "has a type that is none of": _of_odd_type,
    "name each parameter": _of_all,
    "not async": _in_time,
}


@pytest.mark.parametrize("why", WRONG)
def test_what_is_no_tool_says_why(why: str) -> None:
    module = types.ModuleType("wrong")
    module.wrong = tool()(WRONG[why])  # type: ignore[attr-defined]
    with pytest.raises(OperatorError, match=why):
        find_tools(module)


def test_of_two_tools_of_one_name_the_first_one_counts() -> None:
    first, second = (types.ModuleType(name) for name in ("first", "second"))

    def ping_first() -> str:
        """Answer."""
        return "first"

    def ping_second(caller: Caller) -> str:
        """Answer."""
        return caller.address

    first.ping = tool(name="ping")(ping_first)  # type: ignore[attr-defined]
    second.ping = tool(name="ping")(ping_second)  # type: ignore[attr-defined]
    second.pong = tool(name="pong")(ping_second)  # type: ignore[attr-defined]
    assert declaring.MARK in vars(ping_first)
    boxes = [PythonTools(find_tools(module)) for module in (first, second)]
    registry = Registry(boxes)
    assert [spec.name for spec in registry.offered()] == ["ping", "pong"]
    assert registry.call("ping", {}, ANA, KEY, 10) == "first"
    with pytest.raises(ToolFailedError, match="no tool 'pang'"):
        registry.call("pang", {}, ANA, KEY, 10)
