"""What is expected, held against what is."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.conversations.playing.reading import as_list, check_keys
from tests.conversations.playing.servers import Delivered
from tests.strict_llm import text_of

OF_A_TEXT = {"has", "not", "begins", "ends", "matches", "media", "shorter_than"}
OF_A_PROMPT = {
    "has",
    "not",
    "system",
    "last",
    "turns",
    "roles",
    "images",
    "most_tokens",
}
BYTES_A_TOKEN = 4
LONGEST_SHOWN = 1200
Prompt = Sequence[dict[str, Any]]


class Unexpected(AssertionError):  # noqa: N818  (it is read, not caught)
    """Something is not as it was expected: what was, and what is."""

    def __init__(self, what: str, expected: object, found: object) -> None:
        told = f"{what}\n  expected: {_short(expected)}\n  found:    {_short(found)}"
        super().__init__(told)


def _short(told: object) -> str:
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


def check_text(what: str, text: str, expected: Any) -> None:
    """Hold a text against one, /a pattern/, or what it has and has not."""
    if isinstance(expected, str):
        pattern = re.fullmatch("/(.*)/", expected, re.DOTALL)
        is_so = re.search(pattern[1], text) if pattern else text == expected
        if not is_so:
            raise Unexpected(what, expected, text)
        return
    check_keys(expected, OF_A_TEXT, what)
    for key, wanted in expected.items():
        for one in as_list(wanted):
            if key != "media" and not _holds(key, text, one):
                raise Unexpected(f"{what}, {key}", one, text)


def _holds(key: str, text: str, one: str) -> bool:
    return {
        "has": lambda: one in text,
        "not": lambda: one not in text,
        "begins": lambda: text.startswith(one),
        "ends": lambda: text.endswith(one),
        "matches": lambda: re.search(one, text) is not None,
        "shorter_than": lambda: len(text) < int(one),
    }[key]()


def check_phone(delivered: Sequence[Delivered], expected: Any) -> None:
    """Hold what a phone got against a list; `nothing` is none."""
    wanted = [] if expected == "nothing" else as_list(expected)
    texts = [one.text for one in delivered]
    if len(wanted) != len(delivered):
        raise Unexpected("the phone", wanted, texts)
    for number, (one, want) in enumerate(zip(delivered, wanted, strict=True), 1):
        check_text(f"the phone, message {number}", one.text, want)
        media = want.get("media") if isinstance(want, dict) else None
        if len(one.media) != int(media or 0):
            raise Unexpected(f"message {number}, media", media or 0, one.media)


def check_prompt(prompt: Prompt, expected: Any) -> None:
    """Hold what the model was shown against what it should be."""
    check_keys(expected, OF_A_PROMPT, "shown")
    texts = [text_of(message) for message in prompt]
    whole = "\n".join(texts)
    for key, wanted in expected.items():
        if key in {"has", "not"}:
            check_text("the model was shown", whole, {key: wanted})
        elif key in {"system", "last"}:
            text = texts[0 if key == "system" else -1]
            check_text(f"the model was shown, {key}", text, wanted)
        else:
            _check_shape(key, prompt, texts, wanted)


def _check_shape(key: str, prompt: Prompt, texts: list[str], wanted: Any) -> None:
    what = f"the model was shown, {key}"
    if key == "turns":
        if len(wanted) != len(texts) - 1:
            raise Unexpected(what, wanted, texts[1:])
        for text, want in zip(texts[1:], wanted, strict=True):
            check_text(what, text, want)
    elif key == "most_tokens":
        tokens = sum(len(text.encode()) for text in texts) // BYTES_A_TOKEN
        if tokens > int(wanted):
            raise Unexpected(what, wanted, tokens)
    else:
        roles = " ".join(str(message["role"]) for message in prompt[1:])
        found = roles if key == "roles" else str(sum(map(_images, prompt)))
        if found != wanted:
            raise Unexpected(what, wanted, found)


def _images(message: Mapping[str, Any]) -> int:
    content = message["content"]
    parts = content if isinstance(content, list) else []
    return sum(part.get("type") == "image_url" for part in parts)
