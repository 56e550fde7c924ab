"""What tools do, by their words: which acts may be claimed, and which call did one."""

import re
from collections.abc import Iterable
from functools import cache

from bot.chat.assertions.finding import ANY
from bot.chat.assertions.words import ACTS
from bot.chat.handoff.plain import WORD
from bot.knowledge.words import fold
from bot.tools.protocol import ToolSpec

# What is alike: who may rebook says "booked" as well as "changed".
KINDS = {
    **dict.fromkeys(("book", "order", "create", "confirm", "save"), "making"),
    **dict.fromkeys(("cancel", "delete"), "ending"),
}
# By the kind of an assertion, the kinds of tools that may have done it.
DONE_BY = {
    "making": {"making", "change"},
    "ending": {"ending", "change", "refund"},
    "change": {"change", "making", "ending"},
    "send": {"send"},
    "pay": {"pay", "making"},
    "refund": {"refund", "ending"},
}
_SENTENCE_END = re.compile(r"[.\n\u0964\u3002]")
_ALEF = str.maketrans("\u0623\u0625\u0622", "\u0627" * 3)


def acts_of(specs: Iterable[ToolSpec]) -> frozenset[str]:
    """Return the acts of tools that have effects: see words.py."""
    return frozenset(
        act
        for spec in specs
        if spec.effects != "none"
        for act in _named(spec.name, _first_sentence(spec))
    )


def may_have_done(spec: ToolSpec, acts: Iterable[str]) -> bool:
    """Tell whether a call of the tool may be what an assertion of such acts speaks of.

    One whose words are not known may be anything.
    """
    if spec.effects == "none":
        return False
    did = _kinds(_named(spec.name) or _named(_first_sentence(spec)))
    return not did or any(
        act == ANY or not did.isdisjoint(DONE_BY[KINDS.get(act, act)]) for act in acts
    )


def _kinds(acts: Iterable[str]) -> set[str]:
    """Return kinds of acts; of "cancel an order" the order names what is cancelled."""
    kinds = {KINDS.get(act, act) for act in acts}
    return kinds - {"making"} if kinds & {"ending", "change"} else kinds


def _first_sentence(spec: ToolSpec) -> str:
    return _SENTENCE_END.split(spec.description.strip(), maxsplit=1)[0]


def _named(*texts: str) -> frozenset[str]:
    words = WORD.findall(fold(" ".join(texts)).translate(_ALEF))
    return frozenset(
        act for act in ACTS if any(_stems(act).match(word) for word in words)
    )


@cache
def _stems(act: str) -> re.Pattern[str]:
    return re.compile(fold(ACTS[act]["stems"]).translate(_ALEF))
