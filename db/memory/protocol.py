"""What the worker asks of the store to sum talks up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from db.records import SeenMedia, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChat:
    """One chat as it is stored, hot or archived.

    `continues` is the chat_id of the full one that it goes on from. `last_at` is when
    its last message came. `recap_until` is the MessageSid up to which its labels and
    recap were made. `may_be_read`: its user is active, and did not opt out. `seen` is
    what is known of what its messages brought, by MessageSid and position.
    """

    chat_id: str
    user_id: UUID
    turns: tuple[Turn, ...]
    continues: str | None
    last_at: datetime
    is_active: bool
    may_be_read: bool
    recap_until: str | None = None
    seen: Mapping[tuple[str, int], SeenMedia] = field(default_factory=dict)


class MemoryStore(Protocol):
    """Where summaries and labels are kept. Each call is one transaction.

    Raises StoreUnavailableError.
    """

    def load(self, chat_id: str, user_id: UUID | None = None) -> StoredChat | None:
        """Return a chat, of that user if one is named; None where it is gone."""

    def may_ask(self, chat_id: str, most_a_day: int) -> bool:
        """Count one call of the LLM for a chat; False where the day has no more."""

    def store_summary(self, chat_id: str, turn: Turn, replaces: str | None) -> bool:
        """Put a summary in the place of the chat's own that covers until `replaces`.

        False, and nothing is changed, where another one came in between, or the chat
        is gone.
        """

    def store_labels(self, chat_id: str, labels: Mapping[str, object]) -> bool:
        """Add labels to what is known of a chat; False where it is gone."""
