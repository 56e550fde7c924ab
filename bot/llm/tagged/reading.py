"""Calls in the text that a model wrote: read strictly, in one go.

A call begins a line; what stands before the first one is said beside it, what stands
behind the last one was invented, and goes. Whatever looks like a tag and is no call is
told to the model, and reaches no user.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from bot.llm.protocol import Completion, LLMError, ToolCall
from bot.llm.reading import TRIES_OF_EMPTINESS, SpentError
from bot.llm.refusals import FEW_TRIES
from bot.llm.tagged.tags import ANY_OPENING, ANY_TAG, CLOSES

MOST_CALLS = 20
FAULT = (
    'a call is one line such as <call name="NAME">{"argument": "value"}</call>, with'
    " one JSON object; this one is not"
)
_OPENING = re.compile(r'<call name="([A-Za-z_][A-Za-z0-9_-]{0,63})">[ \t\r\n]{0,9}')
_CLOSING = re.compile(rf"\s{{0,9}}(?:{CLOSES}|\Z)")
_BLANK = re.compile(r"\s*")
# What a cut answer has left of a tag.
_CUT = re.compile(r"[<\uff1c]\s{0,9}/?\s{0,9}(?:c(?:a(?:l)?)?)?\Z", re.IGNORECASE)
_DECODER = json.JSONDecoder()


def with_calls(completion: Completion, *, offered_tools: bool) -> Completion:
    """Return what a model said, with its tags read as calls, if any were offered.

    Raises LLMError where nothing is left to be said.
    """
    text = completion.text
    first = ANY_OPENING.search(text)
    if first is None:
        said = _CUT.sub("", _without_tags(text)).strip()
    else:
        said = _without_tags(text[: first.start()]).strip()
    if first and offered_tools:
        calls = tuple(_read(text, first.start()))
        return replace(completion, text=said, tool_calls=calls)
    if not said:
        raise _emptiness(completion)
    return replace(completion, text=said)


def _emptiness(completion: Completion) -> LLMError:
    emptiness = LLMError(
        "The LLM wrote a call where it was offered no tool, and no answer: check"
        " OPENAI_MODEL.",
        most_tries=TRIES_OF_EMPTINESS,
    )
    if completion.finish_reason == "length":
        emptiness = SpentError(
            "The LLM's answer was cut before its first word: raise LLM_MAX_TOKENS.",
            most_tries=FEW_TRIES,
        )
    emptiness.may_cost, emptiness.tokens = True, completion.tokens
    return emptiness


def _without_tags(text: str) -> str:
    """Return a text without ends of calls that never began."""
    return re.sub(rf"{ANY_TAG.pattern}[^<>\n]{{0,100}}>?", "", text, flags=re.I)


def _read(text: str, place: int) -> Iterator[ToolCall]:
    for number in range(MOST_CALLS):
        call, end = _read_one(text, place, number)
        yield call
        if call.fault:
            return
        place = _next(text, end)
        if place >= len(text) or not ANY_OPENING.match(text, place):
            return


def _read_one(text: str, place: int, number: int) -> tuple[ToolCall, int]:
    opening = _OPENING.match(text, place)
    name = opening[1] if opening else "unknown"
    wrong = ToolCall(f"tag_{number}", name, "", FAULT), place
    if opening is None or not _begins_line(text, place):
        return wrong
    try:
        found, end = _DECODER.raw_decode(text, opening.end())
    except (ValueError, RecursionError):
        return wrong
    closing = _CLOSING.match(text, end)
    if closing is None or not isinstance(found, dict):
        return wrong
    arguments = text[opening.end() : end]
    return ToolCall(f"tag_{number}", name, arguments), closing.end()


def _begins_line(text: str, place: int) -> bool:
    """Tell whether nothing stands before it in its line, but for the call before."""
    before = text[text.rfind("\n", 0, place) + 1 : place].rstrip()
    return not before or before.endswith(CLOSES)


def _next(text: str, end: int) -> int:
    found = _BLANK.match(text, end)
    return found.end() if found else end
