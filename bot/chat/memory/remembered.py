"""What the LLM says of a stretch of the transcript, read strictly."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.memory.labels import Labels, read_labels
from bot.chat.memory.summary import LONGEST_SECTION
from bot.chat.sources.plain import plain_lines
from db.records import to_storable

# Longer than anything that is asked for: it is no answer.
LONGEST_ANSWER = 20_000
MOST_TOLD = 8
CARD = re.compile(r"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")
NO_CARD = "(a card number)"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of a stretch, and the number of the line that told it."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a stretch: one paragraph, labels, and what users told.

    Nothing of it is trusted: it was made from what people wrote.
    """

    section: str
    labels: Labels
    facts: tuple[Told, ...] = ()


def read_remembered(answer: str, topics: Collection[str]) -> Remembered | None:
    """Return what an answer holds; None where it is no JSON with a section.

    What is asked for and is not as it should be counts as not said.
    """
    found = _read_object(answer)
    section = _read_section(found.get("section"))
    if not section:
        return None
    labels = read_labels(found.get("labels"), topics)
    return Remembered(section, labels, tuple(_read_facts(found.get("facts"))))


def _read_object(answer: str) -> Mapping[str, Any]:
    """Return the one object in an answer; models like to put a fence around it."""
    begins, ends = answer.find("{"), answer.rfind("}")
    if begins < 0 or len(answer) > LONGEST_ANSWER:
        return {}
    try:
        found = json.loads(answer[begins : ends + 1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_section(given: object) -> str:
    """Return a paragraph of bounded length, without what is nobody's to keep."""
    if not isinstance(given, str):
        return ""
    told = CARD.sub(_without_card, " ".join(plain_lines(to_storable(given))))
    if len(told.encode()) <= LONGEST_SECTION:
        return told
    cut = told.encode()[: LONGEST_SECTION - 4].decode(errors="ignore")
    return f"{cut.rpartition(' ')[0] or cut} \u2026"


def _without_card(found: re.Match[str]) -> str:
    """Return what looks like a card's number without it: its check digit is right."""
    digits = [int(sign) for sign in reversed(found[0]) if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    is_card = (sum(digits[::2]) + sum(doubled)) % 10 == 0
    return NO_CARD if is_card else found[0]


def _read_facts(given: object) -> Iterator[Told]:
    for each in (given if isinstance(given, list) else [])[:MOST_TOLD]:
        found = each if isinstance(each, dict) else {}
        line, kind, text = (found.get(name) for name in ("line", "kind", "text"))
        if isinstance(line, bool) or not isinstance(line, int):
            continue
        if isinstance(kind, str) and isinstance(text, str):
            yield Told(line, kind, " ".join(plain_lines(to_storable(text))))
