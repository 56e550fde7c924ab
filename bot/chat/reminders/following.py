"""After an offer who falls silent is asked once, later: planned with the answer.

An offer is choices to tap, files or pictures of the business, or products with their
prices: what an answer shows of them stands in it, as a field, and not in its words.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.chat.choices.lines import is_about_call
from bot.chat.preferences.wishes import wants_alerts
from bot.chat.replies import Answers, Batch
from db.records import Deed, Reply, Userchat


@dataclass(frozen=True, slots=True)
class Following:
    """Whoever answers; `after` an offer, the user is asked if they are silent."""

    answering: Answers
    after: timedelta

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch. Raises LLMError."""
        reply = self.answering.answer(chat, batch, seconds)
        if not (is_offer(reply) and wants_alerts(chat)):
            return reply
        deed = Deed("follow_up", {"seconds": self.after.total_seconds()})
        return replace(reply, deeds=(*reply.deeds, deed))


def is_offer(reply: Reply) -> bool:
    """Tell whether an answer offers something that the user may choose or buy."""
    turn = reply.turn
    if reply.hands_over or turn.role != "assistant" or is_about_call(turn):
        return False
    shows_product = any(
        told.is_cited and told.passage.product for told in reply.stood_on
    )
    return bool(turn.choices or turn.files or reply.pictures or shows_product)
