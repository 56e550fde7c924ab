"""What is remembered of a person, and what they tell of themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

FactKind = Literal["person", "preference", "plan", "purchase", "other"]
FACT_KINDS: tuple[FactKind, ...] = (
    "person",
    "preference",
    "plan",
    "purchase",
    "other",
)
# What is to be said later. canceled: somebody did not want it any more. dropped: it
# could not be said.
ScheduledKind = Literal["reminder", "follow_up"]
ScheduledState = Literal["waiting", "said", "canceled", "dropped"]
SCHEDULED_KINDS: tuple[ScheduledKind, ...] = get_args(ScheduledKind)
SCHEDULED_STATES: tuple[ScheduledState, ...] = get_args(ScheduledState)
LONGEST_REMINDER = 1000
MOST_REMINDERS = 20  # that wait, of one person
MOST_DAYS_AHEAD = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a user said of themselves, in the message that is named."""

    text: str
    kind: FactKind
    message_sid: str
    told_at: datetime
    fact_id: int | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """What a user wrote or said in a message, and when."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What is to be said to a user later; `number` is their own, of a reminder.

    `canceled_by` is `user` or `operator`; None: nobody, or the bot itself.
    """

    scheduled_id: UUID
    user_id: UUID
    kind: ScheduledKind
    text: str
    say_at: datetime
    state: ScheduledState = "waiting"
    number: int | None = None
    why: str | None = None
    canceled_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is kept of a person; `facts` are newest first, also what is over.

    `reminders` wait, what is due next first.

    A name or an e-mail is `given` if they told it us, rather than WhatsApp.
    """

    full_name: str | None = None
    email: str | None = None
    company: str | None = None
    name_is_given: bool = False
    email_is_given: bool = False
    facts: tuple[Fact, ...] = ()
    reminders: tuple[Scheduled, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """What an earlier talk of the same user was about, and when it ended."""

    text: str
    ended_at: datetime
