"""What a server says of its tools, and what of it is offered to the LLM."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from bot.tools.mcp.schemas import find_fault, make_plain
from bot.tools.mcp.servers import McpServer, Rule
from bot.tools.protocol import Approval, Effects, ToolSpec

MOST_TOOLS = 64
MOST_DEFINITION_BYTES = 16 * 1024
# Of all servers together: they stand in every prompt.
MOST_OFFERED_BYTES = 64 * 1024
LONGEST_DESCRIPTION = 1000
LONGEST_NAME = 64  # of what LLM servers take
NO_RULE = Rule()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a server says of one tool: `told` is all of it that counts, as JSON."""

    tool: str
    told: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Definition":
        """Return it from what was on the wire."""
        kept = ("name", "title", "description", "inputSchema", "annotations")
        counts = {word: told[word] for word in kept if told.get(word) is not None}
        return cls(str(told.get("name", "")), json.dumps(counts, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One tool: by the server's name for it, and as the LLM gets to know it.

    `filled` are those of its arguments that the bot gives, `bytes` what it takes of a
    prompt.
    """

    tool: str
    spec: ToolSpec
    bytes: int
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What became of a server's list: on offer, waiting, and left out with why."""

    offers: Sequence[Offer] = ()
    waiting: Sequence[str] = ()
    left_out: Sequence[tuple[str, str]] = ()


def choose(server: McpServer, told: Sequence[Mapping[str, Any]]) -> "Choice":
    """Return which tools of a server's list can be offered at all."""
    found: list[Definition] = []
    left_out: list[tuple[str, str]] = []
    for definition in map(Definition.of, told[:MOST_TOOLS]):
        fault = _find_fault(server, definition, [each.tool for each in found])
        if fault:
            left_out.append((definition.tool, fault))
        else:
            found.append(definition)
    if len(told) > MOST_TOOLS:
        left_out.append(("…", f"only the first {MOST_TOOLS} tools are looked at"))
    return Choice(server, tuple(found), tuple(left_out))


def listed_before(server: McpServer, known: Mapping[str, str]) -> Listing:
    """Return what is on offer by what is known, before the server itself says it."""
    choice = choose(server, [json.loads(told) for told in known.values()])
    return choice.listing(choice.told.keys())


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be offered once it is approved."""

    server: McpServer
    definitions: Sequence[Definition]
    left_out: Sequence[tuple[str, str]]

    @property
    def told(self) -> Mapping[str, str]:
        """The definitions by the tools' names."""
        return {each.tool: each.told for each in self.definitions}

    def listing(self, approved: Set[str]) -> Listing:
        """Return what becomes of the list, by name: prompts stay as they are."""
        known = [each for each in self.definitions if each.tool in approved]
        known.sort(key=lambda each: each.tool)
        return Listing(
            offers=[_offer(self.server, each) for each in known],
            waiting=[t.tool for t in self.definitions if t.tool not in approved],
            left_out=self.left_out,
        )


def name_for_llm(server: str, tool: str) -> str:
    """Return what the LLM calls a tool by, whatever signs the server's name has."""
    return f"{server}__{re.sub('[^A-Za-z0-9_-]', '_', tool)}"


def _find_fault(
    server: McpServer, definition: Definition, others: Sequence[str]
) -> str | None:
    """Return why a tool can't be offered."""
    tool = definition.tool
    if server.only is not None and tool not in server.only:
        return 'not in "only"'
    if not tool or len(name_for_llm(server.name, tool)) > LONGEST_NAME:
        return f"its name is not of 1 to {LONGEST_NAME} characters with the server's"
    names = [name_for_llm(server.name, other) for other in others]
    if name_for_llm(server.name, tool) in names:
        return "another tool is called like it"
    if len(definition.told) > MOST_DEFINITION_BYTES:
        return f"it says more of itself than {MOST_DEFINITION_BYTES} bytes"
    return find_fault(json.loads(definition.told).get("inputSchema"))


def _offer(server: McpServer, definition: Definition) -> Offer:
    told = json.loads(definition.told)
    make_plain(told["inputSchema"], _plain)
    rule = server.rules.get(definition.tool, NO_RULE)
    filled = server.filled & told["inputSchema"].get("properties", {}).keys()
    hints = told.get("annotations") or {}
    effects, approval = _read_hints(hints, is_keyed=server.key in filled)
    spec = ToolSpec(
        name=name_for_llm(server.name, definition.tool),
        description=_plain(str(told.get("description") or told.get("title") or "")),
        parameters=_without(told["inputSchema"], server.filled),
        effects=rule.effects or effects,
        approval=rule.approval or approval,
        resource=rule.resource,
        approvals=rule.approvals,
        seconds=rule.seconds or server.seconds,
        asks=rule.asks,
        source=f"mcp:{server.name}",
    )
    told_bytes = len(json.dumps([spec.name, spec.description, spec.parameters]))
    return Offer(tool=definition.tool, spec=spec, filled=filled, bytes=told_bytes)


def _read_hints(hints: Any, *, is_keyed: bool) -> tuple[Effects, Approval]:
    """Return what a tool's own hints say: who says nothing may do anything."""
    told = hints if isinstance(hints, dict) else {}
    if told.get("readOnlyHint") is True:
        return "none", "always"
    repeats = is_keyed or told.get("idempotentHint") is True
    return "keyed" if repeats else "once", "customer"


def _without(schema: Mapping[str, Any], filled: Set[str]) -> dict[str, Any]:
    """Return the schema without the arguments that the bot gives."""
    properties = schema.get("properties", {})
    kept = {name: told for name, told in properties.items() if name not in filled}
    left = [name for name in schema.get("required", []) if name not in filled]
    rest = {word: told for word, told in schema.items() if word != "$schema"}
    return {**rest, "properties": kept, "required": left}


def _plain(text: str) -> str:
    """Return a text without what could hide in it, and not too long."""
    return "".join(_seen(text))[:LONGEST_DESCRIPTION].strip()


def _seen(text: str) -> Iterator[str]:
    for sign in text:
        if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}:
            yield sign
