"""Answers held against the ledger: what says that something was done, has to be true.

True is what a call of the batch did, what one did before, and what was told before: by
a tool, by a person of ours, or by an answer that was held against the ledger itself.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.chat.acting.calls import EFFECT
from bot.chat.assertions import sentences
from bot.chat.assertions.acts import acts_of, may_have_done
from bot.chat.assertions.finding import ANY, Assertion, find_assertions, names_act
from bot.chat.handoff.passing import LONGEST_SUBJECT, passing_on
from bot.chat.handoff.policy import HandoffPolicy
from bot.languages.speaking import speak
from bot.tools import words
from bot.tools.acting import Acted, Acting
from bot.tools.ledger import Ledger
from bot.tools.protocol import ToolSpec
from bot.tools.schemas import as_json
from db.records import Call, Reply, Userchat

log = logging.getLogger(__name__)

MOST_CALLS_TOLD = 5
LONGEST_TOLD = 200
_NUMBER = re.compile(r"[0-9]{1,6}")
# What an answer does by its own markers needs no tool.
_MARKER = re.compile(r"[\[\u3010\uff3b] *(?:files?|lead|hand)\b", re.IGNORECASE)
BY_MARKERS = frozenset({"send", "save", "create", ANY})
AFTERNOON = range(13, 24)


@dataclass(slots=True)
class _Known:
    """What was looked up for the answers to a batch."""

    before: Sequence[Call] | None = None
    said: dict[str, Sequence[Assertion]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holding:
    """Holds the answers to one batch against the ledger."""

    chat: Userchat
    ledger: Ledger
    specs: Mapping[str, ToolSpec] = field(default_factory=dict)
    known: _Known = field(default_factory=_Known, repr=False)

    def correct(self, text: str, calls: Sequence[Call]) -> str | None:
        """Return what to tell the LLM of its answer; None: what it claims is true."""
        found = self.find_untrue(text, calls)
        if not found:
            return None
        log.warning("an answer claims what no tool did: the LLM is asked once more")
        before = self._before() if self._are_known(found) else []
        return words.UNTRUE.format(
            claim=found[0].sentence[:LONGEST_TOLD],
            done="; ".join(map(_told, calls)) or "nothing",
            before="; ".join(map(_told, before[:MOST_CALLS_TOLD])) or "nothing",
        )

    def find_untrue(self, text: str, calls: Sequence[Call]) -> list[Assertion]:
        """Return the assertions of an answer that nothing bears out."""
        found = find_assertions(text, acts_of(self.specs.values()))
        judged: dict[object, bool] = {}  # the same is said, and looked up, once
        for one in found:
            kind = (one.acts, _numbers(one.sentence), one.is_own)
            if kind not in judged:
                judged[kind] = self._is_true(one, text, calls)
        return [
            one
            for one in found
            if not judged[one.acts, _numbers(one.sentence), one.is_own]
        ]

    def instead_of(self, found: Sequence[Assertion], calls: Sequence[Call]) -> str:
        """Return the honest sentence that takes the place of assertions."""
        acts = {act for assertion in found for act in assertion.acts}
        tried = [call for call in calls if self._may_be(call, acts)]
        if any(call.state in {"unknown", "intent"} for call in tried):
            return sentences.NOT_KNOWN
        known = self._are_known(found)
        return sentences.NOTHING_NEW if known else sentences.NOT_DONE

    def _is_true(self, assertion: Assertion, text: str, calls: Sequence[Call]) -> bool:
        done = [call for call in calls if call.state == "done"]
        if any(self._may_be(call, assertion.acts) for call in done):
            return True
        if assertion.acts & BY_MARKERS and _MARKER.search(text):
            return True
        if ANY in assertion.acts and done:
            return True
        told = (call.result or "" for call in done)
        if not assertion.is_own and any(names_act(one, assertion.acts) for one in told):
            return True
        return self._was_told(assertion) or self._was_done(assertion)

    def _may_be(self, call: Call, acts: frozenset[str] | set[str]) -> bool:
        spec = self.specs.get(call.tool)
        return spec is not None and may_have_done(spec, acts)

    def _was_told(self, assertion: Assertion) -> bool:
        """Tell whether it is said again: by one of us, with the same numbers."""
        numbers = _numbers(assertion.sentence)
        for turn in (*self.chat.earlier_turns, *self.chat.turns):
            if turn.role != "assistant":
                continue
            if turn.is_by_person and names_act(turn.content, assertion.acts):
                return True
            acts = assertion.acts - {ANY}
            if any(
                acts & one.acts and numbers <= _numbers(one.sentence)
                for one in self._said_in(turn.content)
            ):
                return True
        return False

    def _said_in(self, text: str) -> Sequence[Assertion]:
        """Return the assertions of an earlier answer, which is taken apart once."""
        if text not in self.known.said:
            acts = acts_of(self.specs.values()) - {ANY}
            self.known.said[text] = find_assertions(text, acts)
        return self.known.said[text]

    def _was_done(self, assertion: Assertion) -> bool:
        """Tell whether a call did it before: in this chat, or with the same numbers."""
        numbers = _numbers(assertion.sentence)
        return any(
            numbers <= _numbers(f"{as_json(call.arguments)} {call.result}")
            and (numbers or call.chat_id == self.chat.chat_id)
            for call in self._before()
            if self._may_be(call, assertion.acts)
        )

    def _are_known(self, found: Sequence[Assertion]) -> bool:
        """Tell whether something of the kind was done for the user, ever."""
        acts = {act for assertion in found for act in assertion.acts}
        return any(self._may_be(call, acts) for call in self._before())

    def _before(self) -> Sequence[Call]:
        """Return the calls that were done for the user before: asked for once."""
        if self.known.before is None:
            self.known.before = self.ledger.find_done(self.chat.user_id)
        return self.known.before


@dataclass(frozen=True, slots=True)
class Held:
    """What an answer claimed untruly, in the end; nothing, mostly."""

    assertions: tuple[Assertion, ...] = ()
    waits: bool = False


def holding_of(chat: Userchat, acting: Acting) -> Holding | None:
    """Return what holds answers against the ledger; None: no tool has any effect."""
    specs = {spec.name: spec for spec in acting.box.offered()}
    if all(spec.effects == "none" for spec in specs.values()):
        return None
    return Holding(chat, acting.ledger, specs)


def held(acted: Acted, chat: Userchat, acting: Acting | None) -> tuple[Acted, Held]:
    """Return an answer with what it claims untruly said as it is."""
    holding = holding_of(chat, acting) if acting else None
    text = acted.completion.text
    found = holding.find_untrue(text, acted.calls) if holding else []
    if not found or holding is None:
        return acted, Held()
    log.warning("an answer claims what no tool did, again: it is told as it is")
    honest = speak(chat.language, holding.instead_of(found, acted.calls))
    completion = replace(acted.completion, text=_replaced(text, found, honest))
    waits = any(call.state == "waiting" for call in acted.calls)
    return replace(acted, completion=completion), Held(tuple(found), waits)


def with_person(
    reply: Reply, found: Held, chat: Userchat, policy: HandoffPolicy | None
) -> Reply:
    """Return the reply that calls a person to do what the LLM only said it did.

    Not where the user is asked to allow it, or has a person already.
    """
    if not found.assertions or found.waits or policy is None or reply.hands_over:
        return reply
    acts = sorted({act for assertion in found.assertions for act in assertion.acts})
    about = f"not done: {', '.join(acts)}"[:LONGEST_SUBJECT]
    return passing_on(reply, about, policy, EFFECT, chat.language)


def _replaced(text: str, found: Sequence[Assertion], honest: str) -> str:
    for number, assertion in enumerate(found):
        text = text.replace(assertion.sentence, "" if number else honest, 1)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def _told(call: Call) -> str:
    return f"{call.tool} {as_json(call.arguments)[:LONGEST_TOLD]} ({call.state})"


def _numbers(text: str) -> frozenset[int]:
    """Return the numbers in a text; of an hour in the afternoon as on the dial."""
    return frozenset(_dialled(text))


def _dialled(text: str) -> Iterator[int]:
    for found in _NUMBER.findall(text):
        number = int(found)
        yield number - 12 if number in AFTERNOON else number
