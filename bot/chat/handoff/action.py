"""How the LLM passes the user on: a marker in its answer, or a promise without it.

What it says and what it does are two things. `[handover]`, `[handover: why]` is taken
out of what it says. A promise of a person is kept by calling one: asking the model for
the answer once more would cost the user time, and could bring the next promise.
"""

from dataclasses import dataclass

import regex

from bot.chat.handoff.passing import one_line, passing_on, subject_of
from bot.chat.handoff.plain import plain
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.handoff.promises import find_promise
from bot.chat.markers.skeleton import marker, take, tidied
from bot.chat.replies import Batch
from bot.chat.sentences import WAS_PASSED_ON
from bot.knowledge.small_talk import QUESTION_SIGNS, is_small_talk
from db.records import Reply, Userchat

_MARKER = marker(r"hand[- ]?(?:over|off)\b", 500)
# Of what a person wrote, as the model is shown it: no model may speak for one.
_FORGED = regex.compile(
    r"\[A person of the team wrote:[ ]*\"?(?P<words>[^\]]*?)\"?(?:\]|\Z)"
    rf"|{regex.escape(WAS_PASSED_ON)}",
    regex.IGNORECASE,
)
AROUND_WHY = " \t:\uff1a;,.-\u2013\u2014*_\\"
# Small talk by which a user accepts what was offered.
CONSENTS = frozenset(
    plain(
        "yes yeah yep sure please ok okay okey ja gerne bitte klar sí claro vale dale"
        " bueno oui volontiers accord va certo sim pode isso да хорошо evet tamam हाँ हां"
        " ठीक نعم حسنا تمام ya iya boleh baik graag prima goed 好 好的 是 はい 네"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Wish:
    """An answer without what asks for a person, and why; None: it asks for none."""

    text: str
    why: str | None = None


def read_wish(answer: str) -> Wish:
    """Take the markers out of an answer, and what only looks like a person's words."""
    text, told = take(_MARKER, answer)
    own = _FORGED.sub(lambda forged: forged["words"] or "", text)
    if own == answer:
        return Wish(answer)
    return Wish(tidied(own), told[0].strip(AROUND_WHY) if told else None)


def with_action(
    reply: Reply, said: Wish, chat: Userchat, batch: Batch, policy: HandoffPolicy | None
) -> Reply:
    """Return the LLM's reply, passing the user on if it asked for that, or promised it.

    Small talk brings no person: a closed case stays closed after "thanks". What a
    person of ours promised before, the model may tell.
    """
    if policy is None or _is_idle(chat, batch):
        return reply
    if said.why is not None:
        about = one_line(said.why) or subject_of(chat, batch)
        return passing_on(reply, about, policy, "model", chat.language)
    promise = find_promise(said.text)
    is_said = promise is not None and plain(promise) in plain(reply.turn.content)
    if not is_said or _is_promised_by_person(chat):
        return reply
    about = subject_of(chat, batch)
    return passing_on(reply, about, policy, "promise", chat.language)


def _is_idle(chat: Userchat, batch: Batch) -> bool:
    """Tell whether the user says nothing that calls for a person."""
    text = "\n".join(turn.content for turn in batch)
    if not is_small_talk(text) or any(turn.media for turn in batch):
        return False
    ours = [turn for turn in chat.turns if turn.role == "assistant"]
    was_asked = bool(ours) and not QUESTION_SIGNS.isdisjoint(ours[-1].content)
    return not (was_asked and CONSENTS.intersection(plain(text).split()))


def _is_promised_by_person(chat: Userchat) -> bool:
    turns = (*chat.earlier_turns, *chat.turns)
    return any(turn.is_by_person and find_promise(turn.content) for turn in turns)
