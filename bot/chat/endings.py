"""How an answer ends that does not end by itself: at the token limit, or never."""

import logging
from collections.abc import Iterator

import regex

from bot.chat.sentences import CUT
from bot.llm.protocol import Completion

log = logging.getLogger(__name__)

# What repeats itself for longer than one message says nothing more.
MOST_REPEATED = 1600
# The longest that is looked for; more than MOST_REPEATED of it is four times at least.
LONGEST_UNIT = 400
_SENTENCE_END = regex.compile(
    r"(?:(?<!\d)[\p{STerm}\u2026]+|(?<!^\s*\d+)\.(?=\s+\p{Lu}))"
    r"[\p{Pe}\p{Pf}\"'*_~`]*(?=\s|\Z)|[\u3002\uff01\uff1f]+[\p{Pe}\p{Pf}]*|\n",
    regex.MULTILINE,
)
_FENCE = "```"


def without_repetition(text: str) -> str:
    """Return the text with what an LLM repeats endlessly said once, and marked."""
    said, since = "", 0
    for start, end, size in _runs(text):
        if text[start : start + size].strip():
            said += text[since:start] + _said_once(text[start : start + size]) + "\n"
            since = end
            while text[since : since + 1].isspace():
                since += 1
    return said.removesuffix("\n") if since == len(text) else said + text[since:]


def _runs(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield what repeats itself for too long: start, end, and its unit's size.

    Such a run holds a whole stretch at one of the places tried, which is found again a
    unit further on: as fast as text can be searched.
    """
    past = 0
    for place in range(0, len(text), LONGEST_UNIT):
        stretch = text[place : place + LONGEST_UNIT]
        again = text.find(stretch, place + 1, place + 2 * LONGEST_UNIT)
        if place < past or again < 0:
            continue
        start, end, size = place, again + len(stretch), again - place
        while start > past and text[start - 1] == text[start - 1 + size]:
            start -= 1
        while end < len(text) and text[end] == text[end - size]:
            end += 1
        if end - start > MOST_REPEATED:
            past = end
            yield start, end, size


def at_whole_sentence(text: str) -> str:
    """Return a text that was cut somewhere up to its last whole sentence, marked.

    Without one it ends at a whole word.
    """
    text = text.rstrip()
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    whole = text[: ends[-1]].rstrip() if ends else text.rpartition(" ")[0] or text
    if whole.count(_FENCE) % 2:
        return f"{whole}\n{_FENCE}\n{CUT}"
    return f"{whole} {CUT}"


def _said_once(unit: str) -> str:
    """Return what is repeated from the beginning of its line to a sentence's end."""
    start = unit.find("\n") + 1
    if start == 0:
        return at_whole_sentence(2 * unit)  # it may begin amid a sentence
    start = 0 if start == len(unit) else start
    return unit[:start] + at_whole_sentence(unit[start:] + unit[:start])


def ended(completion: Completion) -> str:
    """Return the LLM's words; marked where they were cut, by its server or here."""
    text = without_repetition(completion.text)
    if text != completion.text:
        log.warning("the LLM repeated itself: check OPENAI_MODEL and LLM_TEMPERATURE")
    if completion.finish_reason == "length":
        log.warning("an answer was cut at the token limit: raise LLM_MAX_TOKENS")
    elif completion.finish_reason == "content_filter":
        log.warning("an answer was cut by the content filter of the LLM's server")
    else:
        return text
    return at_whole_sentence(text)
