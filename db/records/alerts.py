"""What operators are told of who waits for them, and whom they may answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from db.records.chats import Turn
from db.records.replies import PartContent
from db.records.support import Owner

# Who wrote what an operator is told of customers: not the bot that a takeover silences.
RELAY = "relay"
Event = Literal["waits", "ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Somebody whose ticket is open, as one operator sees it.

    `name` is what they are called by: untrusted. `told_at`: when this operator was last
    told about it.
    """

    user_id: UUID
    ticket_id: int
    name: str
    owner: Owner
    owner_id: UUID | None = None
    reason: str | None = None
    since: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What there is to tell of a case; `turns` are the last ones, oldest first.

    `event` happens once, and `event_id` names it; without one there are words at most.
    """

    case: Case
    assignee_id: UUID | None
    event: Event | None
    event_id: str
    ends_at: datetime | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """An operator who can be told on WhatsApp, and what they were told of a case.

    `told_sid` is the customer's last message that they were told; `told_ago` seconds
    since they were told anything of it; `wrote_at`: their own last message.
    """

    user_id: UUID
    knows_event: bool
    told_sid: str | None
    told_ago: float | None
    wrote_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What one operator is told of one case; the same `about` is told once."""

    case: Case
    operator_id: UUID
    about: str
    message_sid: str | None
    parts: tuple[PartContent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many operators could be told: on WhatsApp, and by e-mail."""

    with_phone: int
    with_email: int
