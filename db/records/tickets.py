"""Tickets as operators see them, and what was noted on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A case that needs a person.

    `customer` and `assignee` are names (an assignee without one has an address there),
    `address` the customer's on WhatsApp, `owner` who has their chats. A snoozed one
    whose time is over is `open`.
    """

    id: int
    user_id: UUID
    chat_id: str | None
    subject: str
    status: str
    priority: str
    assignee_id: UUID | None
    assignee: str | None
    reason: str | None
    labels: list[str]
    opened_at: datetime
    first_response_at: datetime | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    updated_at: datetime
    customer: str | None
    address: str | None
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A note (`body` is its text) or an event (`body` its name) of a ticket.

    Events are `taken`, `queued`, `given back`, `replied`, `assigned`, `snoozed`,
    `awake`, `priority`, `labels`, `subject`, `resolved`, `reopened`. `author` None: the
    bot, or somebody who is gone.
    """

    id: int
    kind: str
    body: str
    details: dict[str, Any] | None
    author_id: UUID | None
    author: str | None
    created_at: datetime
