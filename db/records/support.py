"""People who step in: who has a chat, the ticket that it opened, and its notes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

Owner = Literal["bot", "queue", "human"]
OWNERS = ("bot", "queue", "human")
# From the least to the most that one may do: see bot/console/permissions.py.
ROLES = ("user", "supporter", "admin", "super_admin")
OPERATORS = ROLES[1:]
TICKET_STATUSES = ("open", "waiting", "snoozed", "resolved")
PRIORITIES = ("low", "normal", "high", "urgent")
# What a person of ours wrote who is not known by a row: in psql, by a command.
A_PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """That a reply puts the chat into the queue for a person, and why.

    `reason` is a word: `asked` (the user did), `model`, `promise`, `keyword`, `thumbs`,
    `error`. `subject` is the ticket's; `lasts` until the queue ends by itself.
    """

    reason: str
    subject: str = ""
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who has a user's chats. `owner_id` is the operator, where one is known.

    `under_way`: a word of the bot's was being handed to Twilio when a person took over,
    and its outcome was not known in time.
    """

    user_id: UUID
    owner: Owner
    version: int
    since: datetime | None = None
    until: datetime | None = None
    owner_id: UUID | None = None
    reason: str | None = None
    under_way: bool = False


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
    `opened again`, `ends soon`, `ended`, `priority`, `labels`, `subject`, `resolved`,
    `reopened`. `author` None: the bot, or somebody who is gone.
    """

    id: int
    kind: str
    body: str
    details: dict[str, Any] | None
    author_id: UUID | None
    author: str | None
    created_at: datetime
