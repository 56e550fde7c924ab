"""The JSON of /chat/completions: written from a prompt, read into a completion.

https://platform.openai.com/docs/api-reference/chat/create
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.llm.protocol import (
    Completion,
    ImagePart,
    LLMError,
    Prompt,
    PromptMessage,
    TextPart,
    Tokens,
    Tool,
    ToolCall,
    ToolResult,
)

Json = dict[str, Any]


def write_prompt(prompt: Prompt, tools: Sequence[Tool]) -> Json:
    """Return the fields of a request that say what is asked; no other keys than due.

    Strict servers refuse what they don't know, an empty list of tools included.
    """
    messages = {"messages": [_write_message(message) for message in prompt]}
    return {**messages, "tools": [_write_tool(t) for t in tools]} if tools else messages


def _write_message(message: PromptMessage | ToolResult) -> Json:
    if isinstance(message, ToolResult):
        told = {"role": "tool", "tool_call_id": message.call_id}
        return {**told, "content": message.content}
    content: Any = message.content
    if not isinstance(content, str):
        content = [_write_part(part) for part in content]
    if not message.tool_calls:
        return {"role": message.role, "content": content}
    calls = [_write_call(call) for call in message.tool_calls]
    return {"role": message.role, "content": content or None, "tool_calls": calls}


def _write_part(part: TextPart | ImagePart) -> Json:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": {"url": part.url}}


def _write_call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _write_tool(tool: Tool) -> Json:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def read_completion(
    answer: Any, asked_model: str, seconds: float, *, offered_tools: bool
) -> Completion:
    """Read the server's JSON, or whatever it is.

    Calls that no tool was offered for are none. Raises LLMError where there is neither
    a text nor a call.
    """
    choice = _read_choice(answer)
    message = choice["message"]
    text = _text_of(message, "content") or ""
    calls = tuple(_read_calls(message.get("tool_calls"))) if offered_tools else ()
    if not calls and not text.strip():
        raise LLMError("The LLM's answer was empty.")
    return Completion(
        text=text,
        model=_text_of(answer, "model") or asked_model,
        response_time=seconds,
        tokens=_read_tokens(answer.get("usage")),
        finish_reason=_text_of(choice, "finish_reason"),
        tool_calls=calls,
    )


def _read_choice(answer: Any) -> Json:
    """Return the first choice, which has a message that is an object."""
    try:
        choice: Json = answer["choices"][0]
        if isinstance(choice["message"], dict):
            return choice
    except (KeyError, IndexError, TypeError):
        pass
    raise LLMError(
        "The LLM's server answered something else than a chat completion: check"
        " OPENAI_BASE_URL, which mostly ends in /v1."
    )


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
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    counts = (usage.get(name) for name in names)
    return Tokens(*(count if isinstance(count, int) else None for count in counts))


def _text_of(known: Json, name: str) -> str | None:
    value = known.get(name)
    return value if isinstance(value, str) else None
