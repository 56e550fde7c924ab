"""Thumbs: as a message of their own, as a reaction, or as a button's payload."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

import regex

from bot.chat.beside import PAYLOADS, find_reaction
from bot.chat.feedback import sentences
from bot.chat.replies import Batch, note
from db.records import Deed, Reply, Turn, Userchat

Rating = Literal[1, -1]
# In any skin, alone, once or more often.
_SKIN = "[\U0001f3fb-\U0001f3ff\ufe0f]*\\s*"
THUMBS: dict[Rating, regex.Pattern[str]] = {
    1: regex.compile(f"(?:\U0001f44d{_SKIN})+"),
    -1: regex.compile(f"(?:\U0001f44e{_SKIN})+"),
}
# What a quick reply's button may carry: see docs/operations.md.
BUTTONS: dict[str, Rating] = {"feedback_up": 1, "feedback_down": -1}
LONGEST = 100
QUESTION_MARKS = ("?", "\u061f", "\uff1f", "\u037e")
BEHIND_A_QUESTION = ' \n*_~`")\u2026'


def find_rating(turn: Turn) -> Rating | None:
    """Return what a message says by a thumb or a button alone; None: it is neither."""
    chosen = (v for k, v in turn.beside.items() if k.startswith(PAYLOADS))
    if rating := next((BUTTONS[v] for v in chosen if v in BUTTONS), None):
        return rating
    text = turn.content.strip()
    if not text or len(text) > LONGEST:
        return None
    found = (rating for rating, thumbs in THUMBS.items() if thumbs.fullmatch(text))
    return next(found, None)


def find_judged(chat: Userchat, turn: Turn) -> str | None:
    """Return the reference_id of what was last said to a user before a message."""
    before = list(chat.turns)
    sids = [each.message_sid for each in before]
    if turn.message_sid in sids:
        before = before[: sids.index(turn.message_sid)]
    said = (t for t in reversed((*chat.earlier_turns, *before)) if _is_answer(t))
    last = next(said, None)
    return last.reference_id if last else None


def judging(
    turn: Turn,
    judged: str | None,
    *,
    rating: Rating | None = None,
    text: str | None = None,
) -> Deed:
    """Return the deed that keeps a judgement of what a message quotes, or else this."""
    told = {"reference_id": judged, "quotes": turn.quotes, "rating": rating}
    return Deed("judge", {**told, "text": text, "message_sid": turn.message_sid})


def is_judgement(chat: Userchat, turn: Turn) -> bool:
    """Tell whether a message judges an answer.

    A thumb behind a question of ours answers it, unless it is set on an answer. One
    behind what a command says is about that, and not about the answer before.
    """
    if find_rating(turn) is None:
        return False
    if _is_set_on_one(turn):
        return True
    if _command_before(chat, turn):
        return False
    return find_judged(chat, turn) is not None and not _was_asked(chat, turn)


def is_nod(chat: Userchat, turn: Turn) -> bool:
    """Tell whether a message is content with what was said, and wants no answer."""
    if find_rating(turn) != 1:
        return False
    return is_judgement(chat, turn) or _is_about_command(chat, turn)


def note_nod(chat: Userchat, batch: Batch) -> Reply | None:
    """Settle a thumbs up in silence; None: the batch is more, or something else."""
    if len(batch) > 1 or not is_nod(chat, batch[0]):
        return None
    is_kept = is_judgement(chat, batch[0])
    return note(batch, sentences.NOTED if is_kept else sentences.NOT_KEPT)


def with_judgement(reply: Reply, chat: Userchat, batch: Batch) -> Reply:
    """Return a reply that keeps what the batch says of an answer, if it does."""
    turn = next((turn for turn in batch if is_judgement(chat, turn)), None)
    if turn is None:
        return reply
    deed = judging(turn, find_judged(chat, turn), rating=find_rating(turn))
    return replace(reply, deeds=(*reply.deeds, deed))


def _is_set_on_one(turn: Turn) -> bool:
    return turn.quotes is not None or find_reaction(turn) is not None


def _is_about_command(chat: Userchat, turn: Turn) -> bool:
    """Tell whether a message stands behind what a command said, which asks nothing."""
    said = None if _is_set_on_one(turn) else _command_before(chat, turn)
    return said is not None and not (said.asks or _is_question(said))


def _command_before(chat: Userchat, turn: Turn) -> Turn | None:
    """Return the last word to a user before a message, if a command said it."""
    sids = [each.message_sid for each in chat.turns]
    here = sids.index(turn.message_sid) if turn.message_sid in sids else len(sids)
    ours = (t for t in reversed(chat.turns[:here]) if t.role == "assistant")
    last = next(ours, None)
    return last if last and last.command else None


def _is_answer(turn: Turn) -> bool:
    is_said = turn.role == "assistant" and _is_uuid(turn.reference_id or "")
    return is_said and not (turn.command or turn.notice_for)


def _is_uuid(given: str) -> bool:
    """Tell whether a reply can be named by it: people edit transcripts by hand."""
    try:
        return bool(UUID(given))
    except ValueError:
        return False


def _was_asked(chat: Userchat, turn: Turn) -> bool:
    """Tell whether the last word before a message is a question of ours."""
    reference_id = find_judged(chat, turn)
    said = (*chat.earlier_turns, *chat.turns)
    last = next((t for t in said if t.reference_id == reference_id), None)
    return bool(last and reference_id and _is_question(last))


def _is_question(said: Turn) -> bool:
    words = said.content.rstrip(BEHIND_A_QUESTION)
    return bool(said.choices) or words.endswith(QUESTION_MARKS)
