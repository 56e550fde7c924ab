"""What is told of an answer that was given anew, however it is shown."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from db.records.evaluation import ReplayAnswer

# Longer answers are shown without marks: comparing takes the square of it.
MOST_WORDS = 2000
# A price or a time is one word.
WORD = re.compile(r"\s+|\d+(?:[.,:]\d+)+|\w+|[^\w\s]")


def words_apart(text: str, other: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, and of each whether the other lacks it there."""
    mine, theirs = WORD.findall(text), WORD.findall(other)
    if max(len(mine), len(theirs)) > MOST_WORDS:
        yield text, False
        return
    found = SequenceMatcher(None, theirs, mine, autojunk=False)
    for kind, _, _, start, end in found.get_opcodes():
        if start < end:
            yield "".join(mine[start:end]), kind != "equal"


def told(answer: ReplayAnswer, name: str) -> list[Any]:
    """Return one of the lists of what belongs to an answer."""
    found = answer.told.get(name)
    return found if isinstance(found, list) else []


def describe_call(call: Mapping[str, Any]) -> str:
    """Return what was asked of a tool, and what came of it."""
    return f"{_asked(call)}: {call.get('state')}, {call.get('result')}"


def describe_divergence(divergence: Mapping[str, Any]) -> str:
    """Return what could not be played back, and why."""
    return f"{_asked(divergence)}: {divergence.get('why')}"


def _asked(call: Mapping[str, Any]) -> str:
    arguments = json.dumps(call.get("arguments"), ensure_ascii=False)
    return f"{call.get('tool')} {arguments}"
