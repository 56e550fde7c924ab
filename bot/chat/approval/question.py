"""The question by which a user allows a call, with its buttons."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.chat.approval import sentences
from bot.chat.choices.lines import CALL, without_lines
from bot.chat.choices.offering import offering
from bot.chat.media.brackets import in_line
from bot.languages.speaking import speak
from bot.tools.protocol import ToolSpec
from bot.tools.schemas import as_json
from db.records import Call, Reply

# What a customer allows is shorter: see LONGEST_ASKED in bot/tools/approval/waiting.py.
LONGEST_VALUE, LONGEST_TOLD, LONGEST_QUESTION = 600, 700, 1200
GAP = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")
# What WhatsApp or Markdown would read as markup, and what turns what follows around.
MARKS = str.maketrans(
    dict.fromkeys("*_~`\\\u202a\u202b\u202d\u202e\u2066\u2067\u2068", " ")
)


def asking(reply: Reply, call: Call, spec: ToolSpec, language: str | None) -> Reply:
    """Return a reply that asks its user about a call, under what it says."""
    above = without_lines(reply.turn) if reply.turn.choices else reply.turn.content
    words = tell(call, spec, language)
    said = above if above.rstrip().endswith(words) else f"{above}\n\n{words}".strip()
    titles = (speak(language, sentences.YES), speak(language, sentences.NO))
    turn = replace(reply.turn, asks=f"{CALL}{call.call_id}")
    return replace(reply, turn=offering(turn, said, titles))


def tell(call: Call, spec: ToolSpec, language: str | None) -> str:
    """Return the question: the operator's own, or one of the tool's name.

    What the operator's leaves out stands behind it: who allows a call sees all of it.
    """
    if not spec.asks:
        asks = speak(language, sentences.MAY_I, what=name_of(call))
        return _cut(asks, LONGEST_QUESTION)
    told = {name: _in_line(value) for name, value in call.arguments.items()}
    asks = GAP.sub(lambda gap: told.get(gap[1], "\u2026"), spec.asks)
    named = GAP.findall(spec.asks)
    rest = ", ".join(each for name, each in _each(call) if name not in named)
    return _cut(f"{asks} ({rest})" if rest else asks, LONGEST_QUESTION)


def name_of(call: Call) -> str:
    """Return what is called with what, in words: LONGEST_TOLD of them at most."""
    told = ", ".join(each for _, each in _each(call))
    name = _plain(call.tool)
    return _cut(f"{name} ({told}" if told else name, LONGEST_TOLD) + ")" * bool(told)


def _each(call: Call) -> Iterator[tuple[str, str]]:
    """Yield each argument's name, and what it is in words."""
    for name, value in call.arguments.items():
        yield name, f"{_plain(name)}: {_in_line(value)}"


def _plain(name: str) -> str:
    """Return what a program calls something by, as people write it."""
    return _in_line(name.replace("-", " "))


def _in_line(value: object) -> str:
    told = value if isinstance(value, str) else as_json(value)
    return _cut(" ".join(in_line(told).translate(MARKS).split()), LONGEST_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}\u2026"
