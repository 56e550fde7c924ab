"""What a server answered, read into a completion, in every shape that servers use.

https://platform.openai.com/docs/api-reference/chat/object
"""

import json
from collections.abc import Iterator
from typing import Any

from bot.llm.leaks import spoken
from bot.llm.protocol import Completion, LLMError, Tokens, ToolCall
from bot.llm.refusals import FEW_TRIES

Json = dict[str, Any]
# An answer without a word may be an accident; the third one is none.
TRIES_OF_EMPTINESS = 3
NO_COMPLETION = (
    "The LLM's server answered something else than a chat completion{}: check"
    " OPENAI_BASE_URL, which mostly ends in /v1."
)
# No prompt, and no answer, has as many tokens: what is more is a server's slip.
MOST_TOKENS = 100_000_000
REASONING_PARTS = frozenset({"thinking", "reasoning", "redacted_thinking", "summary"})


class SpentError(LLMError):
    """All tokens were spent before a word of the answer: on reasoning, mostly."""


def parse_answer(body: str) -> Any:
    """Return the JSON of a body, whatever it is labelled as; also of an event stream.

    Raises LLMError where there is none.
    """
    text = body.strip().removeprefix("\ufeff")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text.startswith(("data:", "event:", "id:", ":")):
        return _merged(_events(text))
    shape = " (a web page)" if text.startswith("<") else ""
    raise LLMError(NO_COMPLETION.format(shape or ", and no JSON"))


def read_completion(
    answer: Any, asked_model: str, seconds: float, *, offered_tools: bool
) -> Completion:
    """Read the server's JSON, or whatever it is.

    The text is what is meant for the user: a refusal's, too, but no reasoning. Calls
    that no tool was offered for are none. Raises LLMError where there is neither a text
    nor a call: SpentError, where more tokens may help.
    """
    choice = _read_choice(answer)
    message = choice["message"]
    calls = tuple(_read_calls(message.get("tool_calls"))) if offered_tools else ()
    text = spoken(_read_text(message.get("content"))) or _read_refusal(message)
    if not calls and not text:
        emptiness = _emptiness(choice)
        emptiness.may_cost, emptiness.tokens = True, _read_tokens(answer.get("usage"))
        raise emptiness
    return Completion(
        text=text,
        model=_text_of(answer, "model") or asked_model,
        response_time=seconds,
        tokens=_read_tokens(answer.get("usage")),
        finish_reason=_finish_reason(choice),
        tool_calls=calls,
    )


def _read_choice(answer: Any) -> Json:
    """Return the first choice, which has a message that is an object."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict):
        if isinstance(choice.get("message"), dict):
            return choice
        if isinstance(choice.get("text"), str):
            return {**choice, "message": {"content": choice["text"]}}
    raise LLMError(NO_COMPLETION.format(""))


def _read_text(content: Any) -> str:
    """Return the words of a content: a text, or parts of which some are reasoning."""
    if isinstance(content, str):
        return content
    parts = [content] if isinstance(content, dict) else content
    return "".join(map(_read_part, parts)) if isinstance(parts, list) else ""


def _read_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or _text_of(part, "type") in REASONING_PARTS:
        return ""
    text = part.get("text")
    if isinstance(text, dict):  # as the Assistants API has it
        text = text.get("value")
    return text if isinstance(text, str) else _text_of(part, "refusal") or ""


def _read_refusal(message: Json) -> str:
    """Return the words in which the LLM refuses: they are its answer."""
    return spoken(_text_of(message, "refusal") or "")


def _finish_reason(choice: Json) -> str | None:
    reason = _text_of(choice, "finish_reason")
    return "length" if reason in {"max_tokens", "MAX_TOKENS"} else reason


def _emptiness(choice: Json) -> LLMError:
    """Return what is wrong with an answer without a word, and what to change."""
    reason = _finish_reason(choice)
    if reason == "length":
        return SpentError(
            "The LLM spent all its tokens before a word of the answer, mostly on"
            " reasoning: raise LLM_MAX_TOKENS, or choose a model that reasons less.",
            most_tries=FEW_TRIES,
        )
    if reason == "content_filter":
        return LLMError(
            "The LLM's server held its answer back (content_filter): check the filter"
            " of your account there.",
            permanent=True,
            most_tries=FEW_TRIES,
        )
    why = "The LLM's answer was empty"
    if choice["message"].get("tool_calls") or choice["message"].get("function_call"):
        why += ": it asked for tools that it was not offered; check SYSTEM_PROMPT"
    elif any(choice["message"].get(n) for n in ("reasoning", "reasoning_content")):
        why += ": it held reasoning alone; check OPENAI_MODEL"
    return LLMError(f"{why}.", most_tries=TRIES_OF_EMPTINESS)


def _read_calls(calls: Any) -> Iterator[ToolCall]:
    """Read the calls; one without an id or a name is left out: nobody could answer."""
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            id_, name = _text_of(call, "id"), _text_of(function, "name")
            if id_ and name:
                yield ToolCall(id_, name, _text_of(function, "arguments") or "")


def _read_tokens(usage: Any) -> Tokens:
    if not isinstance(usage, dict):
        return Tokens()
    return Tokens(
        prompt=count_of(usage, "prompt_tokens"),
        completion=count_of(usage, "completion_tokens"),
        total=count_of(usage, "total_tokens"),
        cached=_detail_of(usage, "prompt_tokens_details", "cached_tokens")
        or count_of(usage, "prompt_cache_hit_tokens"),
        reasoning=_detail_of(usage, "completion_tokens_details", "reasoning_tokens"),
    )


def _detail_of(usage: Json, details: str, name: str) -> int | None:
    told = usage.get(details)
    return count_of(told, name) if isinstance(told, dict) else None


def count_of(told: Json, name: str) -> int | None:
    """Return how many tokens a usage tells; None where it tells no such number."""
    count = told.get(name)
    return count if type(count) is int and 0 <= count <= MOST_TOKENS else None


def _text_of(known: Json, name: str) -> str | None:
    value = known.get(name)
    return value if isinstance(value, str) else None


def _events(text: str) -> Iterator[Json]:
    """Yield the objects of an event stream that nobody asked for.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name != "data":
            continue
        try:
            event = json.loads(value)
        except (ValueError, RecursionError):
            continue  # such as [DONE]
        if isinstance(event, dict):
            yield event


def _merged(events: Iterator[Json]) -> Json:
    """Return what the events would have been as one answer; an error stays one."""
    merged: Json = {}
    words: Json = {"content": "", "refusal": ""}
    choice: Json = {"message": words}
    for event in events:
        merged |= {k: v for k, v in event.items() if v is not None and k != "choices"}
        first = next(iter(event.get("choices") or ()), None)
        if not isinstance(first, dict) or first.get("index"):
            continue
        delta = first.get("delta") or first.get("message")
        if isinstance(delta, dict):
            words["content"] += _read_text(delta.get("content"))
            words["refusal"] += _text_of(delta, "refusal") or ""
        choice |= {k: v for k, v in first.items() if k == "finish_reason" and v}
    return {**merged, "choices": [choice]}
