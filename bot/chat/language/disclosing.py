"""Answers that say first whose they are: where law wants people to know."""

from dataclasses import dataclass, replace

from bot.chat.language.sentences import DISCLOSURE
from bot.chat.replies import Answers, Batch
from bot.languages.speaking import speak
from db.records import Reply, Userchat


@dataclass(frozen=True, slots=True)
class Disclosing:
    """Whoever answers, after a line about what answers, once in a chat."""

    answering: Answers

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch. Raises LLMError where there is none."""
        reply = self.answering.answer(chat, batch, seconds)
        turns = (*chat.earlier_turns, *chat.turns)
        if any(turn.model for turn in turns) or not reply.turn.content:
            return reply
        text = f"{speak(chat.language, DISCLOSURE)}\n\n{reply.turn.content}"
        return replace(reply, turn=replace(reply.turn, content=text))
