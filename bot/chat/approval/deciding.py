"""Whether messages allow what was asked: a tap on its buttons, or a plain yes or no.

Only the last question that the bot asked is answered by words, and only where nothing
else was said since, or is quoted: a tap names its own. Whatever may be a no is one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.chat.approval.words import NO, NO_AT_FIRST, YES
from bot.chat.choices.lines import CALL, YES_OR_NO
from bot.chat.choices.typed import find_chosen
from bot.chat.commands.dress import as_word, undressed
from bot.chat.feedback.thumbs import find_rating
from bot.chat.quotes.finding import find_quoted
from bot.chat.replies import Batch
from db.records import Turn, Userchat

PAYLOAD = re.compile(rf"({re.escape(CALL)}[0-9a-f-]{{36}}):({'|'.join(YES_OR_NO)})")
NAMES = ("Button", "List")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a batch says of a call. `is_alone`: it says nothing else."""

    call_id: UUID
    allows: bool
    is_alone: bool


def find_decision(chat: Userchat, batch: Batch, lasts: timedelta) -> Decision | None:
    """Return what a batch decides; None: nothing, or not clearly.

    `lasts`: how long after the question words answer it.
    """
    found = [_find_one(turn, find_question(chat, turn), lasts) for turn in batch]
    decided = [each for each in found if each is not None]
    if not decided:
        return None
    asked = decided[-1][0]
    refused = any(call == asked and not allows for call, allows in decided)
    takes_back = any(_is_no(turn) for turn in batch)
    call_id = _as_uuid(asked.removeprefix(CALL))
    allows = not (refused or takes_back)
    if call_id is None:
        return None
    return Decision(call_id, allows, len(decided) == len(batch))


def find_question(chat: Userchat, turn: Turn) -> Turn | None:
    """Return the question about a call that a message may answer in words.

    It is what was said last before the message, which quotes nothing else.
    """
    sids = [each.message_sid for each in chat.turns]
    here = sids.index(turn.message_sid) if turn.message_sid in sids else len(sids)
    said = reversed((*chat.earlier_turns, *chat.turns[:here]))
    last = next(filter(_is_said, said), None)
    if last is None or not (last.asks or "").startswith(CALL):
        return None
    return last if _is_about(chat, turn, last) else None


def _is_said(turn: Turn) -> bool:
    """Tell whether a turn ends the question before it: it settles, or says something.

    What the team decided is told without a message that it settles.
    """
    is_ours = turn.role == "assistant" and turn.reference_id is not None
    return is_ours or bool(turn.in_reply_to) or turn.is_by_person


def _is_about(chat: Userchat, turn: Turn, question: Turn) -> bool:
    """Tell whether a message quotes nothing, or the question."""
    if not turn.quotes:
        return True
    quoted = find_quoted(chat).get(turn.quotes)
    named = quoted.reference_id if quoted else None
    said = (*chat.earlier_turns, *chat.turns)
    asks = {each.reference_id for each in said if each.asks == question.asks}
    return named is not None and named in asks


def times_asked(chat: Userchat, asks: str) -> int:
    """Return how often a call was asked about."""
    return sum(turn.asks == asks for turn in (*chat.earlier_turns, *chat.turns))


def _find_one(
    turn: Turn, question: Turn | None, lasts: timedelta
) -> tuple[str, bool] | None:
    """Return which call a message is about, as a turn asks it, and what it says."""
    for tapped in _payloads(turn):
        return tapped[1], tapped[2] == YES_OR_NO[0]
    waits = turn.timestamp - question.timestamp if question else lasts
    if question is None or not question.asks or waits >= lasts:
        return None
    allows = _answers(turn, question)
    return None if allows is None else (question.asks, allows)


def _payloads(turn: Turn) -> Iterator[re.Match[str]]:
    for name, value in turn.beside.items():
        if name.startswith(NAMES) and (tapped := PAYLOAD.fullmatch(value)):
            yield tapped


def _answers(turn: Turn, question: Turn) -> bool | None:
    """Return what words, a number or a thumb answer; None: neither yes nor no."""
    if rating := find_rating(turn):
        return rating == 1
    if chosen := find_chosen(turn.content, question.choices):
        return chosen == question.choices[0]
    said = undressed(turn.content)
    if said in YES or said in map(as_word, question.choices[:1]):
        return True
    is_no = said in NO or said in map(as_word, question.choices[1:]) or _is_no(turn)
    return False if is_no else None


def _is_no(turn: Turn) -> bool:
    first = as_word(turn.content[:100]).split()[:1]
    return bool(first) and first[0] in NO_AT_FIRST


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
