"""What the bot asks of its store, in the glossary's words."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from db.records import (
    Claim,
    DeliveryStatus,
    InboundMessage,
    Part,
    Receipt,
    Reply,
    Userchat,
)


class ChatStore(Protocol):
    """Where users, chats and turns live. Each call is one transaction."""

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in once: user, active chat, turn and the answer's job.

        Raises StoreUnavailableError.
        """

    def load_chat(self, chat_id: str) -> Userchat | None:
        """Return the chat with its turns, or None if it was erased."""

    def record_reply(self, chat_id: str, reply: Reply) -> int:
        """Append the reply and store its parts, which the caller then sends.

        Return how many turns the chat has now; 0, and change nothing, if another turn
        settled one of its messages before, if it is a notice and another one was given,
        or if there is no such chat.
        """


class KnownMessages(Protocol):
    """Which messages were taken in."""

    def find_unknown(self, message_sids: Sequence[str]) -> set[str]:
        """Return those of the SIDs that were never taken in."""


class Outbox(Protocol):
    """The parts of replies on their way to Twilio."""

    def find_parts(self, reference_id: UUID) -> Sequence[Part]:
        """Return a reply's parts in their order."""

    def claim_next(
        self, user_id: UUID, patience: timedelta, window: timedelta
    ) -> Claim | None:
        """Claim the user's first part that is not settled, if it may be sent now.

        It may not while the part before it is with Twilio, but not sent, for less than
        `patience`; nor if it was made longer than `window` ago. None: all are settled.
        """

    def release_part(self, part: Part, error_code: int | None = None) -> None:
        """Put a part that surely wasn't sent back to `pending`.

        Only if the attempt that `part` tells of is still the last one.
        """

    def record_uncertain(self, part: Part) -> None:
        """Note that the outcome of the attempt that `part` tells of is unknown."""

    def record_accepted(self, part_id: UUID, message_sid: str, status: str) -> None:
        """Store the SID that Twilio gave the part."""

    def record_failed(self, part: Part, error_code: int | None) -> None:
        """Store that a part, and what follows it in its reply, will not be sent."""

    def knows_message(self, message_sid: str) -> bool:
        """Tell whether a part already has this SID."""

    def queue_sends(self, user_id: UUID) -> None:
        """Defer a job that sends what is left of a user's parts, if none waits."""

    def record_delivery_status(self, status: DeliveryStatus) -> bool:
        """Move the part forward, never back; False if the SID is not known."""
