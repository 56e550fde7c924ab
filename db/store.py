"""What the bot asks of its store, whichever of the two it is."""

from typing import Protocol

from db.records import InboundMessage, Receipt, Reply, Userchat


class ChatStore(Protocol):
    """Where users, chats and turns live. Each call is one transaction."""

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in once: user, active chat, turn and the answer's job.

        Raises StoreUnavailableError.
        """

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was erased."""

    def record_reply(
        self, chat_id: str, reply: Reply, most_turns: int | None = None
    ) -> int:
        """Append the reply and store its parts, which the caller then sends.

        Return how many turns the chat has now; 0, and change nothing, if another turn
        settled one of its messages before, if it is a notice and another one was given,
        if a person has the chat and the reply would be heard, or if there is no such
        chat. With `most_turns` also if it has more turns by now than the reply was made
        from, or its user is not to be answered any more.
        """
