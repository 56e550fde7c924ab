"""The question by which a user allows a call, with its buttons."""

import re
from dataclasses import replace

from bot.chat.approval import sentences
from bot.chat.choices.lines import CALL, without_lines
from bot.chat.choices.offering import offering
from bot.chat.media.brackets import in_line
from bot.languages.speaking import speak
from bot.tools.protocol import ToolSpec
from db.records import Call, Reply

LONGEST_VALUE, LONGEST_QUESTION = 300, 900
GAP = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")
# What WhatsApp or Markdown would read as markup.
MARKS = str.maketrans("*_~`\\", "     ")


def asking(reply: Reply, call: Call, spec: ToolSpec, language: str | None) -> Reply:
    """Return a reply that asks its user about a call, under what it says."""
    above = without_lines(reply.turn) if reply.turn.choices else reply.turn.content
    words = tell(call, spec, language)
    said = above if above.rstrip().endswith(words) else f"{above}\n\n{words}".strip()
    titles = (speak(language, sentences.YES), speak(language, sentences.NO))
    turn = replace(reply.turn, asks=f"{CALL}{call.call_id}")
    return replace(reply, turn=offering(turn, said, titles))


def tell(call: Call, spec: ToolSpec, language: str | None) -> str:
    """Return the question: the operator's own, or one of the tool's name."""
    told = {name: _in_line(value) for name, value in call.arguments.items()}
    if spec.asks:
        asks = GAP.sub(lambda gap: told.get(gap[1], "\u2026"), spec.asks)
    else:
        asks = speak(language, sentences.MAY_I, what=name_of(call))
    return asks if len(asks) <= LONGEST_QUESTION else f"{asks[:LONGEST_QUESTION]}\u2026"


def name_of(call: Call) -> str:
    """Return what is called with what, in words."""
    name = call.tool.replace("_", " ").replace("-", " ")
    told = [f"{name}: {_in_line(value)}" for name, value in call.arguments.items()]
    return f"{name} ({', '.join(told)})" if told else name


def _in_line(value: object) -> str:
    told = " ".join(in_line(str(value)).translate(MARKS).split())
    return told if len(told) <= LONGEST_VALUE else f"{told[:LONGEST_VALUE]}\u2026"
