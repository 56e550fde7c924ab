"""Markers that servers leave in an answer for the sources it cites.

They point into a list that WhatsApp's users don't have. What may as well be an
author's own, such as [1] above a list of sources, is left alone.
Sources: https://platform.openai.com/docs/assistants/deep-dive#message-annotations and
https://learn.microsoft.com/azure/ai-services/openai/concepts/use-your-data
"""

import re

from markdown_it.rules_core import StateCore

from bot.whatsapp.text.code import outside_code

_MARKERS = (
    # In brackets of Chinese: 【4:0†returns.pdf】, 【oaicite:0】.
    r"[\u3010\u3014\u3016](?:[^\u3011\u3015\u3017\n]{0,40}(?:\u2020|oaicite)"
    r"[^\u3011\u3015\u3017\n]{0,200}|\d+:\d+)[\u3011\u3015\u3017]",
    r"\[\d+(?::\d+)?†[^\]\n]{0,200}\]",
    r":contentReference\[oaicite:\d+\](?:\{[^}\n]{0,80}\})?|\[oaicite:\d+\]",
    r"\[doc\d+\](?!\()",
    r"\[\^\d+\^\](?!\()",
    r"\[cit(?:e|ation): ?\d+(?:[,. -]+\d+)*\]",
    r"(?:file)?cite(?:turn\d+[a-z]{3,16}\d+)+(?:L\d+-L\d+)?",
    r"\ue200(?!entity)[^\ue200\ue201\n]*\ue201",
)
_MARKER = "(?:" + "|".join(_MARKERS) + ")"
_RUN = re.compile(
    rf"(?<![ \t])[ \t]*+(?:\((?:{_MARKER}[,; ]*)+\)"
    rf"|{_MARKER}(?:[ \t]*[,;]?[ \t]*{_MARKER})*)"
)
# ChatGPT marks names: kind, name, and more.
_ENTITY = re.compile(r'\ue200entity\ue202\["[^"\n]*", ?"([^"\n]*)"[^\ue201\n]*\ue201')
_STRAY = re.compile(r"[\ue200-\ue202]|</?co: ?[\d,]+>|\[cite_(?:start|end)\]")
_LINKED = re.compile(r"\[\^\d+\^\](?=\()")
_NOTE = re.compile(r"[ \t]*\[\^([^\]\s]+)\](?!\()")
_DEFINED = re.compile(r"^[ \t>]*\[\^([^\]\s]+)\]:", re.MULTILINE)


def drop_citations(state: StateCore) -> None:
    """Drop markers of sources; what has a footnote in the reply keeps its number."""
    notes = frozenset(_DEFINED.findall(state.src))
    for token in state.tokens:
        if token.type == "inline":
            token.content = outside_code(
                token.content, lambda text: _without_markers(text, notes)
            )


def _without_markers(text: str, notes: frozenset[str]) -> str:
    text = _RUN.sub(_joint, _ENTITY.sub(r"\1", text))
    text = _LINKED.sub("[]", _STRAY.sub("", text))
    return _NOTE.sub(lambda note: _shown_note(note, notes), text)


def _joint(run: re.Match[str]) -> str:
    """Keep two words apart that only a marker stood between."""
    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    apart = before.isalnum() or run[0][:1].isspace()
    return " " if apart and after.isalnum() else ""


def _shown_note(note: re.Match[str], notes: frozenset[str]) -> str:
    if note[1] in notes:
        return note[0].replace("[^", "[")
    return "" if note[1].isdigit() else note[0]
