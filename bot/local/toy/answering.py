"""What is said to a request that offers tools, if words decide it: a call, or a text.

All that a model would be asked for stays the model's: see front.py.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice, takewhile
from typing import Any

from bot.chat import sentences
from bot.chat.media.sentences import HEARD
from bot.local.toy.arguments import read_arguments
from bot.local.toy.choosing import Meant, choose
from bot.local.toy.saying import ask_for, tell_result
from bot.local.toy.schemas import Offered, read_tool
from bot.tools.words import RULES

Json = dict[str, Any]
MOST_TOOLS = 128
# So many questions of ours in a row are answered together, at most.
MOST_ASKED = 4
# The material in front of a message, and what stands in brackets about it.
MATERIAL = re.compile(rf"\A.*^{re.escape(sentences.MATERIAL_ENDS)}\n", re.S | re.M)
ABOUT = re.compile(
    r"^\[(?:(?:what )?the user|a person of the team|(?:the )?picture)\b[^\]\n]*\]\s*",
    re.MULTILINE | re.IGNORECASE,
)
SPOKEN = re.compile(re.escape(HEARD).replace(re.escape("{}"), '([^"\\n]*)'))
TODAY = re.compile(r"^Today is \w+, (\d{4}-\d\d-\d\d)\b", re.MULTILINE)
# What belongs to tools alone: no model that can't call any is told of it.
OF_TOOLS = frozenset({"tools", "tool_choice", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class Decided:
    """What words decided: a call of a tool with its arguments, or a text."""

    text: str = ""
    tool: str | None = None
    arguments: Mapping[str, Any] | None = None


def decide(asked: Json) -> Decided | None:
    """Return what to say to a request; None: its model is to be asked."""
    said = [one for one in asked.get("messages") or () if isinstance(one, dict)]
    if not said or not asked.get("tools"):
        return None
    if said[-1].get("role") == "tool":
        return Decided(_tell_results(said))
    tools = _read_tools(asked)
    talk = [one for one in said if one.get("role") in {"user", "assistant"}]
    if not tools or not talk or talk[-1].get("role") != "user":
        return None
    meant = _meant(talk, tools, _today(said), MOST_ASKED)
    if meant is None:
        return None
    missing = meant.tool.lacks(meant.arguments)
    if missing:
        return Decided(ask_for(meant.tool, missing))
    return Decided(tool=meant.tool.name, arguments=meant.arguments)


def for_the_model(asked: Json) -> Json:
    """Return a request without tools, and without the rules for them."""
    kept = {name: value for name, value in asked.items() if name not in OF_TOOLS}
    return {**kept, "messages": [_without_rules(one) for one in asked["messages"]]}


def _without_rules(message: Any) -> Any:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str) or message.get("role") != "system":
        return message
    return {**message, "content": content.replace(f"\n\n{RULES}", "")}


def _read_tools(asked: Json) -> list[Offered]:
    """Return the tools that may be called now."""
    offered, choice = asked["tools"], asked.get("tool_choice")
    if choice == "none" or not isinstance(offered, list):
        return []
    tools = filter(None, map(read_tool, islice(offered, MOST_TOOLS)))
    name = _object(_object(choice).get("function")).get("name")
    return [tool for tool in tools if name in {None, tool.name}]


def _meant(
    talk: Sequence[Json], tools: Sequence[Offered], today: date, most: int
) -> Meant | None:
    """Return what the last message means, with what was asked for before it."""
    text = _words(talk[-1])
    if most and (before := _asked_before(talk[:-1], tools, today, most - 1)):
        missing = before.tool.lacks(before.arguments)
        more = read_arguments(text, missing, today, alone=True)
        if more:
            return Meant(before.tool, {**before.arguments, **more})
    return choose(text, tools, today)


def _asked_before(
    talk: Sequence[Json], tools: Sequence[Offered], today: date, most: int
) -> Meant | None:
    """Return what was meant, if the last that we said was a question for it."""
    is_asked = len(talk) > 1 and [m.get("role") for m in talk[-2:]] == [
        "user",
        "assistant",
    ]
    meant = _meant(talk[:-1], tools, today, most) if is_asked else None
    missing = meant.tool.lacks(meant.arguments) if meant else ()
    if meant is None or not missing:
        return None
    return meant if ask_for(meant.tool, missing) in _words(talk[-1]) else None


def _tell_results(said: Sequence[Json]) -> str:
    """Return what the calls for the last message came to, in their order."""
    behind = takewhile(lambda message: message.get("role") != "user", reversed(said))
    results = [_content(one) for one in behind if one.get("role") == "tool"]
    return "\n".join(dict.fromkeys(map(tell_result, reversed(results))))


def _today(said: Sequence[Json]) -> date:
    """Return the date that the prompt tells, which is the business's."""
    told = "\n".join(_content(m) for m in said if m.get("role") == "system")
    found = TODAY.search(told)
    return date.fromisoformat(found[1]) if found else datetime.now(UTC).date()


def _words(message: Json) -> str:
    """Return what somebody wrote, without what the bot puts in front of it."""
    own = MATERIAL.sub("", _content(message)).removeprefix(sentences.NOTHING_FOUND)
    return ABOUT.sub("", SPOKEN.sub(r"\1", own)).strip()


def _content(message: Json) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(_object(part).get("text") or "") for part in content)
    return content if isinstance(content, str) else ""


def _object(told: Any) -> Json:
    return told if isinstance(told, dict) else {}
