"""A chat as it was when one of its answers was made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.records import Turn, Userchat, find_unanswered
from db.records.evaluation import Situation

FACTS_GONE = "{number} of the facts that it was told are not kept any more"
SETTING = ("settings", "language")
SETTINGS_CHANGED = "the user may have changed their /settings since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of an answer: its chat as it is now, and how it was made.

    `chat` has the facts that it was told, as far as they are kept; `fact_ids` are all
    of them. `seconds` is how long the LLM took.
    """

    reference_id: str
    chat: Userchat
    fact_ids: Sequence[int]
    seconds: float


def as_then(kept: Kept) -> tuple[Situation, Turn] | None:
    """Return the situation of an answer, without calls and knowledge, and the answer.

    None where the chat has it not any more, or it answers no message.
    """
    turns = kept.chat.turns
    names = [turn.reference_id for turn in turns]
    if kept.reference_id not in names:
        return None
    place = names.index(kept.reference_id)
    reply, before = turns[place], _before(turns[:place], turns[place])
    batch = tuple(turn for turn in before if turn.message_sid in reply.in_reply_to)
    if not batch:
        return None
    at = reply.timestamp - timedelta(seconds=kept.seconds)
    situation = Situation(
        chat=_chat_at(kept.chat, before, at),
        batch=batch,
        at=at,
        said=reply.content,
        reference_id=reply.reference_id,
        gone=_gone(kept, turns[place:]),
    )
    return situation, reply


def _chat_at(chat: Userchat, turns: tuple[Turn, ...], at: datetime) -> Userchat:
    earlier = tuple(turn for turn in chat.earlier_turns if turn.timestamp <= at)
    return replace(chat, turns=turns, earlier_turns=earlier)


def _before(turns: Sequence[Turn], reply: Turn) -> tuple[Turn, ...]:
    """Return what was written when the LLM was asked.

    What came while it worked stands before its answer, too, and is not settled by it.
    """
    unanswered = {turn.message_sid for turn in find_unanswered(turns)}
    later = unanswered - set(reply.in_reply_to)
    return tuple(
        turn for turn in turns if turn.role != "user" or turn.message_sid not in later
    )


def _gone(kept: Kept, later: Sequence[Turn]) -> tuple[str, ...]:
    missing = len(kept.fact_ids) - len(kept.chat.facts)
    facts = (FACTS_GONE.format(number=missing),) if missing else ()
    changed = any(turn.command in SETTING for turn in later)
    return (*facts, SETTINGS_CHANGED) if changed else facts
