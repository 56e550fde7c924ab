"""What broadcasts and their recipients are, for everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

GOING, PAUSED, DONE, CANCELED = "going", "paused", "done", "canceled"
STATES = (GOING, PAUSED, DONE, CANCELED)
WAITING, STORED, SKIPPED = "waiting", "stored", "skipped"
RECIPIENT_STATES = (WAITING, STORED, SKIPPED)
# Who wrote a part of a broadcast: no answer, so it is not counted as one.
BROADCAST = "broadcast"
# Why nothing is sent to somebody.
STOPPED, NO_OPT_IN = "wrote STOP", "no opt-in"
HAS_PERSON = "has a person, or waits for one"
DEACTIVATED, NO_ADDRESS = "deactivated", "no WhatsApp address"
ERASED, UNKNOWN = "was erased", "unknown, and no opt-in beside it"
TWICE = "named twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One that is stored; name, category and body are Twilio's words: untrusted."""

    broadcast_id: str
    template_id: str
    name: str
    category: str
    body: str
    state: str
    reason: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBroadcast:
    """One that is to be started."""

    template_id: str
    name: str
    category: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A line of what a broadcast is started with.

    One of `address`, as Twilio writes it, and `user_id` names the person. `opt_in` is
    how they said that they want it, "" where that is not told.
    """

    line: int
    address: str = ""
    user_id: UUID | None = None
    variables: Mapping[str, str]
    opt_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a line means: whom, and why nothing is sent to them; None: it is.

    `user_id` None: nobody has the address, who is made with the opt-in if `left_out` is
    None.
    """

    wanted: Wanted
    user_id: UUID | None
    address: str
    left_out: str | None
