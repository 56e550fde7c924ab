"""Whether an answer stands on tools: on what they told, or on what they need."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.llm.protocol import Tool
from bot.tools.acting import Acted

LONGEST_QUESTION = 300
SHORTEST_WORD = 3
# What an argument of a format is called in a question.
FORMATS = {"date": "day date", "time": "time hour", "date-time": "day date time"}


def stands_on_tools(acted: Acted, said: str, tools: Sequence[Tool]) -> bool:
    """Tell whether an answer owes documents nothing: what a model is that never cites.

    It follows what tools told, or asks the user for what one of the `tools` can't do
    without, and says nothing else.
    """
    return bool(acted.told) or _asks_for_argument(said, tools)


def _asks_for_argument(said: str, tools: Sequence[Tool]) -> bool:
    is_long = len(said) > LONGEST_QUESTION
    if is_long or not re.fullmatch(r"[^.!?\n]+\?\s*", said.strip()):
        return False
    asked = set(_words(said))
    return any(asked & set(_needed(tool)) for tool in tools)


def _needed(tool: Tool) -> Iterator[str]:
    properties: Any = tool.parameters.get("properties")
    for name in tool.parameters.get("required") or ():
        told = properties.get(name) if isinstance(properties, dict) else None
        schema = told if isinstance(told, dict) else {}
        format_ = FORMATS.get(str(schema.get("format")), "")
        yield from _words(f"{name} {schema.get('description') or ''} {format_}")


def _words(text: str) -> Iterator[str]:
    found = re.findall(r"[^\W_]+", text.lower())
    return (word for word in found if len(word) >= SHORTEST_WORD)
