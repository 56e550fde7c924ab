"""A store that takes no reply: messages are settled, and what comes next is answered.

It is not known to happen; but if it did, the chat would wait behind it for ever.
"""

from datetime import timedelta

from bot.chat import sentences
from db.in_memory import MemoryChatStore
from db.records import Reply
from tests.bot.chat.conversation import Conversation


class Particular(MemoryChatStore):
    """Refuses what says "cursed", for a reason that nobody knows."""

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        if any("cursed" in part.body for part in reply.parts):
            return 0
        return super().record_reply(chat_id, reply, most_turns)


def test_what_cannot_be_stored_is_left_out_and_the_talk_goes_on() -> None:
    store = Particular(timedelta(days=1))
    ana = Conversation("A cursed answer.", "Yes.", store=store)
    ana.says("Are you there?")
    assert ana.hears() == []
    question, settled = ana.chat.turns
    assert settled.content == sentences.NOT_ANSWERED_REFUSED
    assert question.error == "internal error: the reply could not be stored"
    ana.says("And now?")
    assert ana.hears() == ["Yes."]
