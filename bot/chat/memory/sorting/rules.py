"""Whose a chat is, and how urgent: by rules on its labels and on what its user wrote.

`sales: orders, prices; office: complaint, "invoice"` are two rules. The first that fits
names the department: a label of ours as it stands, a word of the user's in quotes.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.chat.handoff.plain import contains, plain
from bot.chat.memory.labels import INTENTS, SENTIMENTS, Labels
from db.records import Turn
from db.records.support import PRIORITIES

MOST_RULES, MOST_SIGNS, LONGEST = 20, 40, 40
DEPARTMENTS_HINT = (
    'rules with ; between, such as sales: orders, "invoice"; each names topics of '
    "MEMORY_TOPICS, intents, sentiments, or words in quotes"
)
PRIORITIES_HINT = f"{DEPARTMENTS_HINT}; before the colon {', '.join(PRIORITIES)}"
NAME = re.compile(r"[^\W_][^\n\"{}\[\]<>|,;:]*")
QUOTED = re.compile(r'"([^"]+)"')
PIECE = re.compile(r'"[^"]*"|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """A name, and any of these that makes a chat get it; words are plain."""

    name: str
    labels: frozenset[str]
    words: tuple[str, ...] = ()


def read_rules(
    given: str, topics: Collection[str], names: Collection[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules of a setting; `names` are those allowed, if not any.

    Raises ValueError.
    """
    known = {*topics, *INTENTS, *SENTIMENTS}
    told = [each for each in _split(given, ";") if each.strip()]
    rules = tuple(_read_rule(each, known) for each in told)
    if not rules or len(rules) > MOST_RULES:
        raise ValueError
    if names and any(rule.name not in names for rule in rules):
        raise ValueError
    return rules


def _split(given: str, sign: str) -> list[str]:
    """Split at a sign, but for those within quotes."""
    pieces = [""]
    for piece in PIECE.findall(given):
        if piece == sign:
            pieces.append("")
        else:
            pieces[-1] += piece
    return pieces


def _read_rule(given: str, known: Collection[str]) -> Rule:
    name, colon, told = given.partition(":")
    signs = [" ".join(sign.split()).lower() for sign in _split(told, ",")]
    quoted = [QUOTED.fullmatch(sign) for sign in signs]
    words = tuple(plain(found[1]) for found in quoted if found)
    labels = {sign for sign, found in zip(signs, quoted, strict=True) if not found}
    name = " ".join(name.split()).lower()
    if not (colon and NAME.fullmatch(name) and len(name) <= LONGEST):
        raise ValueError
    if not all(words) or len(signs) > MOST_SIGNS or not labels.issubset(known):
        raise ValueError
    return Rule(name, frozenset(labels), words)


def find_name(
    rules: Iterable[Rule], labels: Labels, turns: Iterable[Turn]
) -> str | None:
    """Return the name of the first rule that fits; None: none does.

    Of the turns what the user wrote counts.
    """
    known = {*labels.tags, labels.intent, labels.sentiment}
    said = [plain(turn.content) for turn in turns if turn.role == "user"]
    for rule in rules:
        if rule.labels & known or any(
            contains(text, word) for text in said for word in rule.words
        ):
            return rule.name
    return None
