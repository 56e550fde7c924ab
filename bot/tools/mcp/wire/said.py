"""What a tool said, as a text that the LLM is told."""

import json
from collections.abc import Iterator
from typing import Any

from mcp_types import CallToolResult

from bot.tools.protocol import ToolFailedError

MOST_BYTES = 32 * 1024
NOT_SHOWN = "[something that is no text]"
NOTHING = "(The tool said nothing.)"
CUT = "\n[The rest was cut off.]"


def read_said(result: CallToolResult) -> str:
    """Return the text of a result. Raises ToolFailedError if it is an error's."""
    said = "\n".join(_texts(result)).strip()
    if not said and result.structured_content is not None:
        said = json.dumps(result.structured_content, ensure_ascii=False)
    said = cut(said) or NOTHING
    if result.is_error:
        raise ToolFailedError(said)
    return said


def cut(text: str, most: int = MOST_BYTES) -> str:
    """Return a text of so many bytes at most, of whole characters."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= most:
        return encoded.decode()
    return encoded[:most].decode(errors="ignore") + CUT


def _texts(result: CallToolResult) -> Iterator[str]:
    for block in result.content:
        yield _text_of(block)


def _text_of(block: Any) -> str:
    if block.type == "text":
        return str(block.text)
    if block.type == "resource_link":
        return f"{block.name}: {block.uri}"
    return str(getattr(getattr(block, "resource", None), "text", NOT_SHOWN))
