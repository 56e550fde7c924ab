"""A brake on two machines that answer each other: it asks the transcript alone."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from bot.chat.commands.entries import Command
from bot.chat.replies import Batch, note
from bot.chat.sentences import NOT_ANSWERED_BRAKE
from db.records import Reply, Turn, Userchat

# Who reads an answer and types the next message needs five seconds at least, and nobody
# keeps that up; what is written in a burst gets one answer. Two bots made 43 in 40 s.
# The second bound is for those whose answers take long: one each 15 seconds, for
# a quarter of an hour on end.
MOST_ANSWERS = ((timedelta(minutes=1), 12), (timedelta(minutes=15), 60))
# A sentence that was answered is said again once or twice by people who are cross, not
# five times in a quarter of an hour; "yes" and "more" are, so they may be more often.
SAME_WITHIN = timedelta(minutes=15)
SHORT_LETTERS = 20
MOST_SAME, MOST_SAME_SHORT = 4, 10
# Machines also vary a number or a word ("Thank you for your message 17"): long
# sentences that are alike, one answered after the other within a minute, are theirs.
ALIKE_WITHIN = timedelta(minutes=1)
MOST_ALIKE, ALIKE = 5, 0.8
# A machine that gets no answer gives up meanwhile; a person was told nothing, and may
# write again after that.
HOLD = timedelta(minutes=10)


def brake(chat: Userchat, batch: Batch) -> Reply | None:
    """Return the note that settles a batch in silence; None: go on.

    Why is told once; what comes while the brake holds is settled without words.
    """
    if any(is_brake(turn) for turn in _since(chat, HOLD)):
        return note(batch, "")
    if _is_too_fast(chat) or _is_repeated(chat, batch) or _is_alike(chat, batch):
        return note(batch, NOT_ANSWERED_BRAKE)
    return None


def is_brake(turn: Turn) -> bool:
    """Tell whether a turn is the note with which a brake begins."""
    return turn.role == "system" and turn.content == NOT_ANSWERED_BRAKE


def _since(chat: Userchat, age: timedelta) -> Iterator[Turn]:
    since = datetime.now(UTC) - age
    turns = (*chat.earlier_turns, *chat.turns)
    return (turn for turn in turns if turn.timestamp > since)


def _is_too_fast(chat: Userchat) -> bool:
    return any(
        sum(_is_answer(turn) for turn in _since(chat, age)) >= most
        for age, most in MOST_ANSWERS
    )


def _is_answer(turn: Turn) -> bool:
    """Tell whether a machine may have written for it: none sends documents to learn."""
    is_lesson = turn.command == Command.LEARN
    return turn.is_by_bot and not turn.notice_for and not is_lesson


def _is_repeated(chat: Userchat, batch: Batch) -> bool:
    """Tell whether what the user says was answered again and again already.

    Messages that were answered together are compared together.
    """
    answered, text = _answered(chat, SAME_WITHIN), _plain(batch)
    most = MOST_SAME if len(text) > SHORT_LETTERS else MOST_SAME_SHORT
    return bool(text) and answered.count(text) >= most


def _is_alike(chat: Userchat, batch: Batch) -> bool:
    """Tell whether long messages that differ in a number or a word were answered."""
    words = _words(_plain(batch))
    if sum(map(len, words)) <= SHORT_LETTERS:
        return False
    alike = (_words(text) for text in _answered(chat, ALIKE_WITHIN))
    return sum(_likeness(words, others) >= ALIKE for others in alike) >= MOST_ALIKE


def _words(text: str) -> set[str]:
    """Return the words that have no digit in them."""
    return {word for word in text.split() if not any(map(str.isdigit, word))}


def _likeness(words: set[str], others: set[str]) -> float:
    """Return how many of all their words both have."""
    return len(words & others) / len(words | others)


def _answered(chat: Userchat, age: timedelta) -> list[str]:
    """Return what the user said that was answered of late, batch by batch."""
    recent = tuple(_since(chat, age))
    asked = {t.message_sid: t for t in recent if t.message_sid}
    return [
        _plain(asked[sid] for sid in turn.in_reply_to if sid in asked)
        for turn in recent
        if turn.is_by_bot
    ]


def _plain(turns: Iterable[Turn]) -> str:
    return " ".join(" ".join(turn.content for turn in turns).casefold().split())
