"""Answers that begin with what was heard, so that a misheard word is seen at once."""

from dataclasses import dataclass, replace

from bot.chat.media.seeing import echo_of
from bot.chat.replies import Answers, Batch
from db.records import Reply, Userchat, to_storable


@dataclass(frozen=True, slots=True)
class Echoing:
    """Whoever answers, with what the user said in voice notes above it."""

    answering: Answers

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch. Raises LLMError."""
        reply = self.answering.answer(chat, batch, seconds)
        echo = to_storable(echo_of(chat, batch))
        said = reply.turn.content
        if not echo or not said or reply.turn.role != "assistant":
            return reply
        return replace(reply, turn=replace(reply.turn, content=f"{echo}\n\n{said}"))
