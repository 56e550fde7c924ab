"""What a user tells of themselves, as the LLM notes it: a marker in its answer.

`[lead name="…" email="…" company="…"]` is taken out of what it says in any case. What
it notes counts only if the user wrote or said it themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import regex

from bot.chat.handoff.plain import contains, plain
from bot.chat.lead import sentences
from bot.chat.lead.validating import READERS
from bot.chat.markers.skeleton import marker, take
from bot.chat.replies import Batch
from bot.languages.speaking import speak
from db.records import Deed, Reply, Turn, Userchat

_MARKER = marker(r"lead\b", 1000, lines=True)
_VALUE = regex.compile(
    r"\b(?P<name>name|e-?mail|company)\s*[=:]\s*(?:[\"\u201c\u201d\u201e]"
    r"(?P<value>[^\"\u201c\u201d]{1,300})[\"\u201c\u201d]|(?P<value>[^\s\"',;]{1,300}))",
    regex.IGNORECASE,
)
PASSED_ON = ("Forwarded", "FrequentlyForwarded")


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer without its markers, and what they note, unchecked, by its name."""

    text: str
    told: Mapping[str, str] = field(default_factory=dict)


def read_lead(answer: str) -> Noted:
    """Take the markers out of an answer."""
    text, found = take(_MARKER, answer)
    told: dict[str, str] = {}
    for value in _VALUE.finditer(" ".join(found)):
        told[value["name"].lower().replace("-", "")] = value["value"]
    return Noted(text, told)


def words_or_thanks(noted: Noted, chat: Userchat) -> str:
    """Return the answer's words; of one that was a marker alone, a word of thanks."""
    thanks = speak(chat.language, sentences.THANKS)
    return noted.text or (thanks if noted.told else "")


def with_lead(reply: Reply, noted: Noted, chat: Userchat, batch: Batch) -> Reply:
    """Return the LLM's reply, keeping what is new of what the user told."""
    told = dict(_believed(noted.told, chat, batch)) if noted.told else {}
    if not told:
        return reply
    turn = replace(reply.turn, lead=told)
    return replace(reply, turn=turn, deeds=(*reply.deeds, Deed("keep_lead", told)))


def _believed(
    told: Mapping[str, str], chat: Userchat, batch: Batch
) -> Iterator[tuple[str, str]]:
    own = list(_own_words(chat, batch))
    known = _known_before(chat)
    for name, given in told.items():
        value = READERS[name](given)
        if value and known.get(name) != value and _is_said(name, value, own):
            yield name, value


def _is_said(name: str, value: str, own: list[str]) -> bool:
    if name == "email":
        whole = rf"(?<![\w.+-]){regex.escape(value)}(?![\w-]|\.\w)"
        return any(regex.search(whole, text.lower()) for text in own)
    words = plain(value)
    return bool(words) and any(contains(plain(text), words) for text in own)


def _own_words(chat: Userchat, batch: Batch) -> Iterator[str]:
    """Yield what the user wrote or said: not what they passed on from others."""
    own = {turn.message_sid: turn for turn in (*chat.turns, *batch)}
    for turn in (*chat.earlier_turns, *own.values()):
        if turn.role == "user" and not any(name in turn.beside for name in PASSED_ON):
            yield turn.content
            yield from _heard(chat, turn)


def _heard(chat: Userchat, turn: Turn) -> Iterator[str]:
    for (sid, _), seen in chat.seen.items():
        if sid == turn.message_sid and seen.media_type.startswith("audio/"):
            yield seen.text or ""


def _known_before(chat: Userchat) -> dict[str, str]:
    known: dict[str, str] = {}
    for turn in (*chat.earlier_turns, *chat.turns):
        known |= turn.lead
    return known
