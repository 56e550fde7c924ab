"""Replies to a batch, before they have parts: each turn names what it settles."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from bot.chat import sentences
from bot.languages.speaking import speak
from db.records import Reply, Turn, Userchat, to_storable

# The messages that are answered together, oldest first.
Batch = tuple[Turn, ...]

# A reply with its parts, and how many turns the chat has with it: 0 if it was refused.
Recorded = tuple[Reply, int]


class Answers(Protocol):
    """Makes the reply to a batch for which somebody has to work: an LLM, a school."""

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply, within `seconds`; asked again, it repeats no effect.

        Raises LLMError where there is none this time.
        """


def say(text: str, batch: Batch, command: str | None = None) -> Turn:
    """Return a turn of ours that settles the batch."""
    return Turn(
        role="assistant",
        content=to_storable(text),
        timestamp=datetime.now(UTC),
        reference_id=str(uuid4()),
        in_reply_to=tuple(turn.message_sid for turn in batch if turn.message_sid),
        command=command,
    )


def note(batch: Batch, why: str) -> Reply:
    """Settle the batch in silence: why is told in the transcript, and to nobody."""
    return Reply(turn=replace(say(why, batch), role="system", reference_id=None))


def notice(batch: Batch, language: str | None = None) -> Reply:
    """Return the word that the answer will come later; it settles nothing."""
    return as_notice(
        Reply(turn=say(speak(language, sentences.ANSWER_COMES_LATER), batch))
    )


def as_notice(reply: Reply) -> Reply:
    """Return a reply that settles nothing: the answer itself comes later."""
    turn = reply.turn
    turn = replace(turn, in_reply_to=(), notice_for=turn.in_reply_to)
    return replace(reply, turn=turn)


def apology(batch: Batch, reason: str, language: str | None = None) -> Reply:
    """Return the word that no answer comes; the reason is kept with the messages."""
    error = to_storable(reason)
    turn = replace(say(speak(language, sentences.GIVEN_UP), batch), error=error)
    return Reply(turn=turn, error=error)
