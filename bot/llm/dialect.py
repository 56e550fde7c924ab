"""How a server wants to be asked, learned from what it refuses.

Servers and models differ in the parameters that they know, and change: nothing of this
is written down, in code or in the database. One process learns it with one request.
https://platform.openai.com/docs/api-reference/chat/create
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.llm.refusals import Refusal
from bot.llm.tagged.borders import between_borders
from bot.llm.tagged.tags import CLOSES
from bot.llm.tagged.writing import in_words

log = logging.getLogger(__name__)

Json = dict[str, Any]
# The names of the token limit, in the order in which they are tried; then none.
LIMITS = ("max_tokens", "max_completion_tokens")
# How many times the room an answer gets whose tokens went into reasoning.
MORE_ROOM = 8
_STATUSES = frozenset({400, 404, 422, 500, 501})
_NO = (
    r"(?:un(?:supported|recognized|known|expected)|not (?:supported|permitted|allowed)"
    r"|does not support|doesn't support|invalid|extra|deprecated|only|must be)"
)
_MOST_TOKENS = re.compile(
    r"(?:at most|less than or equal to|<=|maximum (?:value )?(?:of|is)"
    r"|range[^\[]*\[\d+,)\s*(\d{1,7})",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"(?:system|developer)\W+(?:role|message|prompt|instruction)s?\b.{0,40}"
    r"\b(?:not|unsupported|invalid)|not support\w*\W+(?:the\W+)?(?:system|developer)\b"
    r"|roles? must alternate"
    r"|\brole\b.{0,60}\b(?:not|unsupported|invalid|one of|must be)\b",
    re.IGNORECASE | re.DOTALL,
)
# "does not support tools", "No endpoints found that support tool use", "auto tool
# choice requires --enable-auto-tool-choice", "tools param requires --jinja flag";
# of calls of before, beside no tools: "must define tools", "expects the `tools=` param"
_NO_TOOLS = re.compile(
    r"\b(?:tool|function)s?\b[^.]{0,60}\b(?:not|n't|unsupported|unknown|requires?|extra)\b"
    r"|(?:not|n't|no endpoints?)\b[^.]{0,40}\bsupport\w*[^.]{0,20}\b(?:tool|function)"
    r"|\bmust define tools\b|\bexpects the .?tools=",
    re.IGNORECASE,
)
# "tools[0].function.parameters" of OpenAI's, "body.tools.0.function", "tools.0.custom",
# and Gemini's "tools[0].function_declarations[3].parameters"
_ONE_TOOL = re.compile(
    r"\btools?(?:\[(\d{1,3})\]|\.(\d{1,3})\b)(?:\.function_?declarations\[(\d{1,3})\])?",
    re.IGNORECASE,
)
# "Invalid schema for function 'look'"
_NAMED_TOOL = r"\b(?:function|tool|schema)\b[^.]{{0,60}}?['\"`]{}['\"`]"
# "This model only supports single tool-calls at once!" of a template of Llama's.
_ONE_CALL = re.compile(
    r"\bsingle (?:tool|function)[- ]?calls?\b"
    r"|\b(?:parallel|multiple) (?:tool|function)[- ]?calls?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What to say to one server for one model; `refused` are names it does not know.

    `no_tools`: it knows no calls; they are written and read as tagged text. `one_call`:
    it is shown calls one by one. `no_effort`: it calls tools only if it is told to
    reason about nothing first.
    """

    refused: frozenset[str] = frozenset()
    most_tokens: int | None = None
    room: int = 1
    system_in_user: bool = False
    no_tools: bool = False
    one_call: bool = False
    no_effort: bool = False

    def write(self, asked: Json, max_tokens: int, temperature: float) -> Json:
        """Return the body for what is asked, without its model."""
        body = in_words(asked) if self.no_tools else dict(asked)
        if self.no_tools and "tools" in asked and "stop" not in self.refused:
            body["stop"] = [CLOSES]
        if self.one_call and not self.no_tools:
            body["messages"] = list(_one_by_one(body["messages"]))
        if self.no_effort and "tools" in body:
            body["reasoning_effort"] = "none"
        if self.system_in_user:
            body["messages"] = _without_system(body["messages"])
        return {**body, **self.parameters(max_tokens, temperature)}

    def parameters(self, max_tokens: int, temperature: float) -> dict[str, float]:
        """Return what is asked of the model, by the names that its server knows."""
        limit = self._limit()
        found: dict[str, float] = {limit: self._tokens(max_tokens)} if limit else {}
        if "temperature" not in self.refused:
            found["temperature"] = temperature
        return found

    def after(
        self, refusal: Refusal, max_tokens: int, *, offered_tools: bool = False
    ) -> "Dialect | None":
        """Return how to ask after a refusal; None if it is of no such kind."""
        if _is_of_no_kind(refusal):
            return None
        if offered_tools and _is_about_tools(refusal):
            return self._after_tools(refusal)
        return self._after_parameter(refusal, max_tokens)

    def _after_parameter(self, refusal: Refusal, max_tokens: int) -> "Dialect | None":
        if "temperature" not in self.refused and _is_about("temperature", refusal):
            return replace(self, refused=self.refused | {"temperature"})
        if self.no_tools and "stop" not in self.refused and _is_about("stop", refusal):
            return replace(self, refused=self.refused | {"stop"})
        if (limit := self._limit()) and _is_about(limit, refusal):
            most = _MOST_TOKENS.search(refusal.said)
            if most and 0 < int(most[1]) < self._tokens(max_tokens):
                return replace(self, most_tokens=int(most[1]))
            return replace(self, refused=self.refused | {limit})
        if not self.system_in_user and _is_about_system(refusal):
            return replace(self, system_in_user=True)
        return None

    def _after_tools(self, refusal: Refusal) -> "Dialect | None":
        """Return how to ask where tools were refused: once otherwise, then in words."""
        if _ONE_CALL.search(refusal.said) and not self.one_call:
            return replace(self, one_call=True)
        if "reasoning_effort" in refusal.said and not self.no_effort:
            return replace(self, no_effort=True)
        return None if self.no_tools else replace(self, no_tools=True)

    def told(self) -> Iterator[str]:
        """Yield what was learned of what the model can do, for an operator."""
        if self.no_tools:
            yield "it calls tools by tagged text"
        if self.one_call:
            yield "it is shown calls of tools one by one"
        if self.no_effort:
            yield "it calls tools without reasoning first"
        if self.system_in_user:
            yield "it reads instructions in the user's turn"
        if self.most_tokens:
            yield f"it answers with {self.most_tokens} tokens at most"
        if self.refused:
            yield f"it takes no {', '.join(sorted(self.refused))}"

    def with_more_room(self) -> "Dialect | None":
        """Return how to ask where reasoning took all tokens; None if that was done."""
        is_free = self.room == 1 and self._limit() is not None
        return replace(self, room=MORE_ROOM) if is_free else None

    def _limit(self) -> str | None:
        return next((name for name in LIMITS if name not in self.refused), None)

    def _tokens(self, max_tokens: int) -> int:
        wanted = max_tokens * self.room
        return min(wanted, self.most_tokens) if self.most_tokens else wanted


def _is_about(name: str, refusal: Refusal) -> bool:
    """Tell whether a parameter was refused, by the error's field or its words."""
    if any(param.rpartition(".")[2] == name for param in _params(refusal.error)):
        return True
    quoted = rf"(?<![\w]){name}(?![\w])"
    words = rf"{_NO}\b[^.]{{0,40}}{quoted}|{quoted}[^.]{{0,60}}\b{_NO}"
    return bool(re.search(words, refusal.said, re.IGNORECASE))


def _is_about_tools(refusal: Refusal) -> bool:
    named = any(param.startswith("tool") for param in _params(refusal.error))
    named = named or bool(_ONE_CALL.search(refusal.said))
    return named or bool(_NO_TOOLS.search(refusal.said))


def without_refused(
    asked: Json, refusal: Refusal, *, all_of_them: bool = False
) -> Json | None:
    """Return what is asked without the tools that a refusal names, or `all_of_them`.

    None: it names neither a tool nor a schema. All are left out, too, where it does not
    tell whose schema it is.
    """
    names = [tool["function"]["name"] for tool in asked.get("tools", ())]
    if not names or _is_of_no_kind(refusal) or not _is_about_one_tool(names, refusal):
        return None
    refused = set(names) if all_of_them else _refused(names, refusal) or set(names)
    log.warning(
        "the LLM's server refuses the schemas of %s: this answer is made without them",
        ", ".join(sorted(refused)),
    )
    kept = [tool for tool in asked["tools"] if tool["function"]["name"] not in refused]
    return {**asked, "tools": kept} if kept else _without_tools(asked)


def _is_about_one_tool(names: Sequence[str], refusal: Refusal) -> bool:
    is_about_schema = re.search(r"\bschemas?\b", refusal.said, re.IGNORECASE)
    return bool(
        _refused(names, refusal)
        or any(_ONE_TOOL.search(told) for told in _told_where(refusal))
        or (is_about_schema and _is_about_tools(refusal))
    )


def _refused(names: Sequence[str], refusal: Refusal) -> set[str]:
    """Return which of the tools on offer a refusal names, by number or by name."""
    found = [m for told in _told_where(refusal) for m in _ONE_TOOL.finditer(told)]
    numbers = {int(match[match.lastindex or 0]) for match in found}
    return {names[number] for number in numbers if number < len(names)} | {
        name
        for name in names
        if re.search(_NAMED_TOOL.format(re.escape(name)), refusal.said, re.IGNORECASE)
    }


def _told_where(refusal: Refusal) -> Iterator[str]:
    yield refusal.said
    yield from _params(refusal.error)


def _is_of_no_kind(refusal: Refusal) -> bool:
    """Whether a refusal is about what the prompt says, or of no server's dialect."""
    return refusal.status not in _STATUSES or refusal.is_filter or refusal.is_length


def _without_tools(asked: Json) -> Json:
    """Return what is asked with calls left out, and their results as a user's words."""
    told = [m["content"] for m in asked["messages"] if m["role"] == "tool"]
    messages = [
        message
        for message in asked["messages"]
        if message["role"] != "tool" and not message.get("tool_calls")
    ]
    if told:
        messages.append({"role": "assistant", "content": "\u2026"})
        messages.append({"role": "user", "content": between_borders(told)})
    return {k: v for k, v in {**asked, "messages": messages}.items() if k != "tools"}


def _one_by_one(messages: Sequence[Json]) -> Iterator[Json]:
    """Yield the messages with each call alone in its own, and its result behind it."""
    results = {m["tool_call_id"]: m for m in messages if m["role"] == "tool"}
    for message in messages:
        calls = message.get("tool_calls") or ()
        if not calls and message["role"] != "tool":
            yield message
        for number, call in enumerate(calls):
            said = None if number else message["content"]
            yield {**message, "content": said, "tool_calls": [call]}
            if call["id"] in results:
                yield results[call["id"]]


def _is_about_system(refusal: Refusal) -> bool:
    named = any(param.endswith("role") for param in _params(refusal.error))
    return named or bool(_NO_SYSTEM.search(refusal.said))


def _params(error: Any) -> Iterator[str]:
    """Yield the parameters that an error names: OpenAI's `param`, FastAPI's `loc`."""
    if isinstance(error, list):
        for one in error:
            yield from _params(one)
    if not isinstance(error, dict):
        return
    if isinstance(error.get("param"), str):
        yield error["param"]
    if isinstance(error.get("loc"), list):
        yield ".".join(map(str, error["loc"]))
    for name in ("detail", "message", "errors"):
        if isinstance(error.get(name), list):
            yield from _params(error[name])


def _without_system(messages: list[Json]) -> list[Json]:
    """Return the messages with the system's words in the user's first turn."""
    told = [m["content"] for m in messages if m["role"] == "system"]
    others = [m for m in messages if m["role"] != "system"]
    text = "\n\n".join(told)
    if not others or others[0]["role"] != "user":
        return [{"role": "user", "content": text}, *others]
    said = others[0]["content"]
    if isinstance(said, str):
        joined: Any = f"{text}\n\n{said}" if text else said
    else:
        joined = [{"type": "text", "text": text}, *said]
    return [{"role": "user", "content": joined}, *others[1:]]
