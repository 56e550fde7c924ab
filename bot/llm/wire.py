"""The JSON of a request to /chat/completions, written from a prompt.

https://platform.openai.com/docs/api-reference/chat/create
"""

from collections.abc import Sequence
from typing import Any

from bot.llm.protocol import (
    ImagePart,
    Prompt,
    PromptMessage,
    TextPart,
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
