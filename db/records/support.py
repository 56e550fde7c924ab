"""People who step in: who has a chat, and the ticket that it opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
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
