"""What a strict server refuses in a request to /chat/completions, as OpenAI writes it.

https://platform.openai.com/docs/api-reference/chat/create
"""

from typing import Any

from bot.chat.memory.words import REMEMBER

ABOUT_MEMORY = REMEMBER.partition("{")[0]
KEYS = {
    "system": {"role", "content"},
    "user": {"role", "content"},
    "assistant": {"role", "content"},
    "tool": {"role", "content", "tool_call_id"},
}


def find_fault(body: dict[str, Any]) -> str | None:
    """Say what is wrong with a request, or None."""
    messages = body.get("messages")
    if not isinstance(body.get("model"), str) or not isinstance(messages, list):
        return "model and messages are required"
    if not messages:
        return "messages is empty"
    if "tools" in body and not (body["tools"] and all(map(_is_tool, body["tools"]))):
        return "tools is empty, or one of them is wrong"
    asked: set[str] = set()
    for message in messages:
        if fault := _fault_of(message, asked):
            return fault
        asked |= {call["id"] for call in message.get("tool_calls", ())}
    return None


def text_of(message: dict[str, Any]) -> str:
    """Return the words of a message, without its pictures."""
    content = message["content"] or ""
    if isinstance(content, str):
        return content
    return " ".join(part["text"] for part in content if part["type"] == "text")


def is_about_memory(body: dict[str, Any]) -> bool:
    """Tell whether a faultless request is one to remember a conversation by."""
    return text_of(body["messages"][0]).startswith(ABOUT_MEMORY)


def _fault_of(message: dict[str, Any], asked: set[str]) -> str | None:
    role = message.get("role")
    if role not in KEYS:
        return "a message's role is wrong"
    calls = message.get("tool_calls")
    if (
        set(message) - ({"tool_calls"} if calls and role == "assistant" else set())
        != (KEYS[role])
    ):
        return "a message has the keys that its role has, and no other"
    if calls and not all(map(_is_call, calls)):
        return "a call is wrong"
    if role == "tool" and message["tool_call_id"] not in asked:
        return "a result answers no call before it"
    return None if _is_content(message) else "a message's content is wrong"


def _is_content(message: dict[str, Any]) -> bool:
    content = message["content"]
    if content is None:
        return "tool_calls" in message
    if isinstance(content, str):
        return True
    is_list = message["role"] == "user" and isinstance(content, list) and content
    return bool(is_list) and all(map(_is_part, content))


def _is_part(part: dict[str, Any]) -> bool:
    if part.get("type") == "text":
        return set(part) == {"type", "text"} and isinstance(part["text"], str)
    url = part.get("image_url", {}).get("url", "")
    known = {"type": "image_url", "image_url": {"url": url}}
    return part == known and url.startswith(("https://", "data:image/"))


def _is_call(call: dict[str, Any]) -> bool:
    return _is_function(call, {"name", "arguments"}, {"id", "type", "function"})


def _is_tool(tool: dict[str, Any]) -> bool:
    keys = {"name", "description", "parameters"}
    return _is_function(tool, keys, {"type", "function"})


def _is_function(value: dict[str, Any], inner: set[str], outer: set[str]) -> bool:
    return (
        set(value) == outer
        and value["type"] == "function"
        and set(value["function"]) == inner
    )
