"""What the toy says about tools: what it needs to know, and what came of a call."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.local.toy.schemas import Offered, Wanted
from bot.local.toy.words import STOP, listed, tokens_of
from bot.tools import words
from bot.tools.approval import waiting
from bot.tools.reminders.scheduling import IF_SILENT

# These say too little alone: which number?
VAGUE = frozenset(listed("number no id code name key reference ref"))
MOST_OPTIONS = 8
LONGEST_DESCRIPTION = 60
# What a model is told and what it then says; the rest it says as it was told.
TOLD = {
    waiting.ASKED_CUSTOMER: "I can do that as soon as you allow it.",
    waiting.ASKED_OPERATOR: "A person of the team has to allow that: they are asked"
    " now, and you are told here what they say.",
    waiting.SAID_NO: "All right: nothing was done.",
    waiting.NOT_THEIRS: "That can't be allowed any more: nothing was done.",
    words.DROPPED: "That was not done. If you still want it, ask for it once more.",
    words.UNKNOWN: "It is not certain whether that was done. A person looks at it.",
    words.NO_MORE: "I can't look that up now.",
    words.NO_TIME: "There was no time left for that. Please ask once more.",
    words.EMPTY: "There is nothing to tell.",
    words.NOTHING_FOUND: "I found nothing of yours.",
}
# What is told the model beside a result, and nobody else.
ASIDE = tuple(IF_SILENT.values())
BEGINNINGS = {
    _before: said
    for template, said in (
        (words.FAILED, "That did not work, and nothing was done: "),
        (words.NO_ANSWER, "That did not work: "),
        (words.NOT_CALLED, "I can't do that: "),
    )
    for _before in [template.partition("{")[0]]
}


def ask_for(tool: Offered, missing: Sequence[Wanted]) -> str:
    """Return the question for what a tool can't do without."""
    asked = [_phrase(one, tool) for one in missing]
    joined = (
        asked[0] if len(asked) == 1 else f"{', '.join(asked[:-1])}, and {asked[-1]}"
    )
    return joined[0].upper() + joined[1:] + "?"


def _phrase(one: Wanted, tool: Offered) -> str:
    name = one.name.replace("_", " ").replace("-", " ").strip()
    if one.kind == "integer" and (name.endswith("s") or name == "people"):
        return f"for how many {name}"
    if one.kind in {"date", "time", "moment"}:
        return _when(one, name)
    if one.kind == "boolean":
        return f"{name}, yes or no"
    if name in VAGUE and (noun := _noun(tool)):
        return f"which {noun} {name}"
    return f"which {name}{_hint(one)}"


def _when(one: Wanted, name: str) -> str:
    if one.kind == "time":
        return "at what time"
    is_plain = len(name.split()) == 1
    day = "on which day" if is_plain else f"on which day ({name})"
    return f"{day} and at what time" if one.kind == "moment" else day


def _hint(one: Wanted) -> str:
    if one.kind == "choice":
        told = [str(option).replace("_", " ") for option in one.options[:MOST_OPTIONS]]
        return f" ({', '.join(told)})"
    told_shortly = one.description.strip().rstrip(".?")
    is_short = 0 < len(told_shortly) <= LONGEST_DESCRIPTION
    return f" ({told_shortly})" if is_short and "\n" not in told_shortly else ""


def _noun(tool: Offered) -> str:
    """Return the word of a tool's name that says of what it needs a number."""
    named = tokens_of(tool.name.rpartition("__")[2].replace("_", " "))
    return next((w for w in named if w not in STOP and w not in VAGUE), "")


def tell_result(result: str) -> str:
    """Return what came of a call, in words for who asked: its own, and no others."""
    told = result.removeprefix(words.AGAIN).removeprefix(words.BEFORE).strip()
    for aside in ASIDE:
        told = told.removesuffix(aside)
    if told in TOLD:
        return TOLD[told]
    for before, said in BEGINNINGS.items():
        if told.startswith(before):
            return said + re.sub(r"(?<![.!?])$", ".", told.removeprefix(before).strip())
    return "\n".join(map(_in_words, told.splitlines())) or TOLD[words.EMPTY]


def _in_words(line: str) -> str:
    """Return a line of JSON that is a plain object, or some, as people write it."""
    if not line.startswith(("{", "[{")):
        return line
    try:  # numbers as they stand: 28.00
        told = json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):  # it was cut, or is none
        return line
    rows = told if isinstance(told, list) else [told]
    if not all(_is_plain(row) for row in rows):
        return line
    return "\n".join(map(_row_in_words, rows))


def _is_plain(row: Any) -> bool:
    return isinstance(row, dict) and not any(
        isinstance(value, dict | list) for value in row.values()
    )


def _row_in_words(row: Mapping[str, Any]) -> str:
    words_for = {True: "yes", False: "no"}
    told = {n: words_for[v] if isinstance(v, bool) else v for n, v in row.items()}
    given = (f"{n.replace('_', ' ')}: {v}" for n, v in told.items() if v is not None)
    return ", ".join(given)
