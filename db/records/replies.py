"""What is sent: replies, the parts that they are sent as, and how far each got."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.records.chats import Turn, to_storable
from db.records.deeds import Deed
from db.records.passages import Gap, Making, StoodOn
from db.records.support import HandOver

# A part's status: not known to be with Twilio yet, then how far it gets there, in this
# order; or, at any time, how it fails. There are no others: the database refuses them.
UNSETTLED = ("pending", "sending", "uncertain")
HELD = "held"  # apart from that way: until the user writes
WITH_TWILIO = ("accepted", "scheduled", "queued", "sent", "delivered", "read")
FAILED = ("failed", "undelivered", "canceled")
# Who wrote the word that something waits.
FALLBACK = "fallback"
# Twilio's word that the service window is over.
OUTSIDE_WINDOW = 63016
DELIVERY_STATUSES = (*UNSETTLED, HELD, *WITH_TWILIO, *FAILED)


@dataclass(frozen=True, slots=True)
class Template:
    """A text that WhatsApp approved before, and what stands in its gaps.

    https://www.twilio.com/docs/content
    """

    content_sid: str
    variables: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        filled = {name: to_storable(text) for name, text in self.variables.items()}
        return {"content_sid": self.content_sid, "variables": filled}


@dataclass(frozen=True, slots=True)
class Fallback:
    """The template that tells, in one language, that something waits.

    `body` is the text that it makes.
    """

    content_sid: str
    body: str

    def to_json(self) -> dict[str, Any]:
        """Return it as columns of `reply_parts`."""
        template = Template(self.content_sid, {}).to_json()
        return {"body": self.body, "template": template}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How what can't be sent outside the service window waits for its user.

    `fallbacks` are by language; whose language has none gets the first. What waited for
    `lasts` when its user writes is not sent any more.
    """

    fallbacks: Mapping[str, Fallback]
    lasts: timedelta

    @property
    def default(self) -> Fallback:
        """The one for whose language has none."""
        return next(iter(self.fallbacks.values()))


@dataclass(frozen=True, slots=True)
class PartContent:
    """What one of the messages that a reply is sent as says.

    `media` are addresses that Twilio loads pictures and files from, or names of bytes
    that are ours: see bot/media/outgoing/refs.py. A `template` is sent instead of the
    body, which is the text that it makes: what the user reads, and what a message that
    may have been sent is found by. `author`: who wrote it. `instead` is the text that
    is sent once it is known that the media, or the template, can't be; "": none, but
    what follows in the reply goes on all the same. None: what follows makes no sense
    without it.
    """

    body: str
    media: tuple[str, ...] = ()
    template: Template | None = None
    author: str = "bot"
    instead: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as columns of `reply_parts`: nothing that is empty."""
        content = {"body": to_storable(self.body), "author": self.author}
        media = {"media": [to_storable(url) for url in self.media]}
        template = {"template": self.template.to_json()} if self.template else {}
        instead = {} if self.instead is None else {"instead": to_storable(self.instead)}
        return {**content, **(media if self.media else {}), **template, **instead}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A turn of ours and the messages it is sent as; no part: nothing is sent.

    `sources` are sent under its text, `pictures` (and files) after it; `spoken` is its
    text as a voice note, which may be sent instead. `opts_out` True or False records
    that the user stopped or started the bot; `error` is put on the messages that it
    settles; `stood_on` is what it was made from, `making` how; None: no LLM made it.
    `hands_over` puts the chat
    into the queue for a person, with it; `gives_back` takes it out of the queue, for
    the bot; `calls_operators` tells them that the user wrote to whom they have, or
    shall have. `deeds` are what is written in the same statement besides. `language` is
    the user's, None: not known; `heard_at` when they last wrote, as far as whoever made
    the reply knows.
    """

    turn: Turn
    parts: tuple[PartContent, ...] = ()
    sources: str = ""
    pictures: tuple[PartContent, ...] = ()
    spoken: PartContent | None = None
    opts_out: bool | None = None
    error: str | None = None
    stood_on: tuple[StoodOn, ...] = ()
    gap: Gap | None = None
    making: Making | None = None
    hands_over: HandOver | None = None
    gives_back: bool = False
    calls_operators: bool = False
    deeds: tuple[Deed, ...] = ()
    language: str | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(PartContent):
    """One of the messages that a reply is sent as, and how far it got."""

    part_id: UUID
    reference_id: UUID
    chat_id: str
    user_id: UUID
    position: int
    address: str
    status: str
    attempts: int
    created_at: datetime
    our_address: str | None = None
    message_sid: str | None = None
    claimed_at: datetime | None = None
    heard_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when on it may be sent for as long as the service window lasts."""
        return max(self.created_at, self.heard_at or self.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A user's first part that is not settled yet, and whether it is ours to send.

    `is_behind`: the part before it is with Twilio, but not on its way yet. `is_shut`:
    it is held by now, for its user's service window is over.
    """

    part: Part
    is_claimed: bool
    is_behind: bool
    is_shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """What a status callback says of one outbound message."""

    message_sid: str
    status: str
    part_id: UUID | None = None
    error_code: int | None = None
