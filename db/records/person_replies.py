"""What a person of ours says to a user, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.records.replies import PartContent


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReply:
    """What an operator says to a user.

    `text` stands in the transcript, `parts` are what is sent (their author is set when
    they are stored). `reference_id` is made where it is written: the same one twice is
    said once. `version` is the `owner_version` that the operator saw; None: whatever it
    is now. `lasts`: how long the chat stays theirs after it. `may_wait`: outside the
    service window it is held until they write.
    """

    user_id: UUID
    reference_id: UUID
    text: str
    parts: tuple[PartContent, ...]
    author_id: UUID | None = None
    version: int | None = None
    lasts: timedelta | None = None
    may_wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidElsewhere:
    """What was sent to a user past us: in Twilio's own console, by another program.

    `status` as Twilio told it.
    """

    message_sid: str
    address: str
    text: str
    status: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReplied:
    """What became of it: the chat it stands in, its ticket, and the new version.

    `is_new`: False where it was said before, and this was a repeat. `waits`: it is
    held until they write.
    """

    chat_id: str
    ticket_id: int | None
    version: int
    is_new: bool
    waits: bool = False
