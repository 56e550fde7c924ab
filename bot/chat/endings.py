"""How an answer ends that does not end by itself: at the token limit, or never."""

import re

import regex

from bot.chat.sentences import CUT

# What repeats itself for longer than one message says nothing more.
MOST_REPEATED = 1600
_REPEATED = re.compile(r"(.{1,400}?)\1{3,}", re.DOTALL)
_SENTENCE_END = regex.compile(
    r"(?:(?<!\d)[\p{STerm}\u2026]+|(?<!^\s*\d+)\.(?=\s+\p{Lu}))"
    r"[\p{Pe}\p{Pf}\"'*_~`]*(?=\s|\Z)|[\u3002\uff01\uff1f]+[\p{Pe}\p{Pf}]*|\n",
    regex.MULTILINE,
)
_FENCE = "```"


def without_repetition(text: str) -> str:
    """Return the text with what an LLM repeats endlessly said once, and marked."""
    for run in _REPEATED.finditer(text) if len(text) > MOST_REPEATED else ():
        if len(run[0]) > MOST_REPEATED and run[1].strip():
            said = text[: run.start()] + _said_once(run[1])
            rest = _without_beginning(text[run.end() :], run[1]).strip()
            return f"{said}\n{without_repetition(rest)}" if rest else said
    return text


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


def _without_beginning(text: str, unit: str) -> str:
    """Return the text without as much of the unit as it begins with."""
    while not text.startswith(unit):
        unit = unit[:-1]
    return text[len(unit) :]
