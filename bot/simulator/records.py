"""The nouns of the simulator, how they are named, and how the phone sees them."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

API_VERSION = "2010-04-01"
Direction = Literal["inbound", "outbound-api", "outbound-reply"]
Forwarded = Literal["", "once", "often"]

ADDRESS = re.compile(
    r"whatsapp:(\+[1-9][0-9]{6,14}|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})"
)
MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")

# A user's message may fail and still arrive by a later try, hence below delivered.
STATUS_RANKS = {
    "accepted": 0,
    "queued": 1,
    "sent": 2,
    "failed": 3,
    "undelivered": 3,
    "delivered": 4,
    "read": 5,
}


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """What must be known of the bot: its credentials, and where it listens.

    `webhook_url` takes inbound messages; it may end in connection overrides
    (`#rc=3&rp=all`), which are followed and left out of the signature, see
    https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides .
    `public_url` is the origin of the media that webhooks point at (default: the
    origin under which the phone's request came in). `status_delay_seconds` lies
    before each delivery status, `webhook_timeout_seconds` bounds one webhook with
    its retries. `archive` is the file that messages are kept in for the next start;
    None: they are forgotten. What was on its way at the last end goes on after
    `resume_seconds`: the bot is started after its simulator.
    """

    account_sid: str
    auth_token: str
    webhook_url: str
    number: str = "whatsapp:+14155238886"
    api_key_sid: str | None = None
    api_key_secret: str | None = None
    public_url: str = ""
    status_delay_seconds: float = 0.03
    webhook_timeout_seconds: float = 15.0
    archive: Path | None = None
    resume_seconds: float = 5.0

    def message_path(self, sid: str) -> str:
        """Name a message's path in the REST API, without `.json`."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{sid}"

    def media_path(self, message_sid: str, sid: str) -> str:
        """Name the path of a message's media in the REST API: its bytes lie there."""
        return f"{self.message_path(message_sid)}/Media/{sid}"

    def store_path(self, media_sid: str, ends: int) -> str:
        """Name where a media's bytes are given to anybody, until a Unix time."""
        told = f"{media_sid} {ends}".encode()
        signature = hmac.new(self.auth_token.encode(), told, "sha256").hexdigest()
        return f"/store/{media_sid}?Expires={ends}&Signature={signature}"


class Location(TypedDict):
    """A place that a phone shares, in degrees."""

    latitude: float
    longitude: float
    label: str
    address: NotRequired[str]


class Choice(TypedDict):
    """What was pressed or chosen under a message; `payload` is for the bot alone."""

    kind: Literal["button", "list"]
    text: str
    payload: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file of a message; its bytes are kept apart from it.

    `source_url` is where the bot has it loaded from. `size` is in bytes; None: they
    are not here.
    """

    sid: str
    message_sid: str
    content_type: str
    name: str
    source_url: str | None = None
    size: int | None = None

    def for_phone(self) -> dict[str, str | int | None]:
        """Show it as the phone gets it, with the address of its bytes."""
        is_elsewhere = self.source_url is not None and self.size is None
        here = f"/simulator/phone-media/{self.sid}"
        return {
            "type": self.content_type,
            "url": self.source_url if is_elsewhere else here,
            "name": self.name,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """One message between a phone (`address`) and the bot, at one moment.

    `status` of an inbound message is what its writer sees as ticks: sent, delivered
    (the webhook took it), read, failed. `reacts`: its body is an emoji at the message
    `reply_to`, or nothing, where that is taken back. `fields` are those of the webhook
    that its writer filled in. `choices` are what its reader may tap. `content_sid` is
    the template that it was made from, `fails_with` the error that this one meets;
    with `needs_window` it is not approved, and free text like any other.
    """

    sid: str
    address: str
    direction: Direction
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    media: tuple[Media, ...] = ()
    error_code: int | None = None
    status_callback: str | None = None
    messaging_service_sid: str | None = None
    profile_name: str | None = None
    external_user_id: str | None = None
    location: Location | None = None
    reply_to: str | None = None
    reacts: bool = False
    forwarded: Forwarded = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    content_sid: str | None = None
    fails_with: int | None = None
    needs_window: bool = False

    @property
    def is_inbound(self) -> bool:
        """Whether the phone wrote it."""
        return self.direction == "inbound"

    def sides(self, number: str) -> tuple[str, str]:
        """Tell who wrote it, and to whom; the bot's own is `number`."""
        pair = (self.address, number)
        return pair if self.is_inbound else pair[::-1]

    def for_phone(self) -> dict[str, Any]:
        """Show it as the chat page, `bot chat` and tests get it."""
        return {
            "sid": self.sid,
            "address": self.address,
            "direction": "inbound" if self.is_inbound else "outbound",
            "body": self.body,
            "media": [media.for_phone() for media in self.media],
            "location": self.location,
            "reply_to": self.reply_to,
            "reacts": self.reacts,
            "forwarded": self.forwarded,
            "fields": dict(self.fields),
            "choices": list(self.choices),
            "status": self.status,
            "error_code": self.error_code,
            "created_at": self.created_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who talks with the bot: an address, its owner's name, and the last message."""

    name: str | None
    last_message: Message

    def for_phone(self) -> dict[str, Any]:
        """Show it as an item in the list of conversations."""
        return {
            "address": self.last_message.address,
            "name": self.name,
            "last_message": self.last_message.for_phone(),
        }


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message as the phone's owner wrote it; `content` are the bytes of `media`.

    `quoted` is the message that it replies to, or reacts to. `extra` are webhook fields
    that replace or extend the usual ones; None drops one.
    """

    sid: str
    address: str
    body: str = ""
    profile_name: str | None = None
    external_user_id: str | None = None
    media: Media | None = None
    content: bytes | None = None
    location: Location | None = None
    quoted: Message | None = None
    reacts: bool = False
    choice: Choice | None = None
    forwarded: Forwarded = ""
    extra: Mapping[str, str | None] = field(default_factory=dict)

    def as_message(self) -> Message:
        """Make the record of it, as not yet taken by the bot."""
        moment = now()
        told = {
            name: text for name, text in self.extra.items() if text and name != "Body"
        }
        return Message(
            sid=self.sid,
            address=self.address,
            direction="inbound",
            body=self.extra.get("Body") or self.body,
            status="sent",
            created_at=moment,
            updated_at=moment,
            sent_at=moment,
            media=() if self.media is None else (self.media,),
            profile_name=self.profile_name,
            external_user_id=self.user_id,
            location=self.location,
            reply_to=self.quoted.sid if self.quoted else None,
            reacts=self.reacts,
            forwarded=self.forwarded,
            fields={**choice_fields(self.choice), **told},
        )

    @property
    def wa_id(self) -> str | None:
        """The phone's number without its plus, where the address shows it."""
        return self.address.partition("+")[2] or None

    @property
    def user_id(self) -> str | None:
        """The id that the business knows this user by, where there is one."""
        return self.external_user_id or (None if self.wa_id else self.address)


def choice_fields(choice: Choice | None) -> dict[str, str]:
    """Return how Twilio tells what was pressed or chosen."""
    if choice is None:
        return {}
    if choice["kind"] == "list":
        return {"ListTitle": choice["text"], "ListId": choice["payload"]}
    return {"ButtonText": choice["text"], "ButtonPayload": choice["payload"]}


def is_address(text: str) -> bool:
    """Whether `text` is a WhatsApp address: a number or a user id without one.

    Source: https://www.twilio.com/docs/whatsapp/key-concepts
    """
    return ADDRESS.fullmatch(text) is not None


def new_sid(prefix: str) -> str:
    """Make up a Twilio id: `prefix` (SM, MM, ME) and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)
