"""What a phone writes, and the webhook fields that Twilio makes of it.

Source: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.simulator.config import API_VERSION, SimulatorConfig
from bot.simulator.records import Location, Media, Message, now


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message as the phone's owner wrote it; `content` are the bytes of `media`.

    `extra` are webhook fields that replace or extend the usual ones; None drops one.
    """

    sid: str
    address: str
    body: str = ""
    profile_name: str | None = None
    external_user_id: str | None = None
    media: Media | None = None
    content: bytes | None = None
    location: Location | None = None
    extra: Mapping[str, str | None] = field(default_factory=dict)

    def as_message(self) -> Message:
        """Make the record of it, as not yet taken by the bot."""
        moment = now()
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
        )

    @property
    def has_number(self) -> bool:
        """Whether the address shows the phone's number."""
        return self.address.startswith("whatsapp:+")

    @property
    def user_id(self) -> str | None:
        """The id that the business knows this user by, where there is one."""
        return self.external_user_id or (None if self.has_number else self.address)


def webhook_fields(
    message: PhoneMessage, config: SimulatorConfig, origin: str
) -> dict[str, str]:
    """Build the form that Twilio posts; media lie under `origin`."""
    fields: dict[str, str | None] = {
        "SmsMessageSid": message.sid,
        "NumMedia": "0",
        "ProfileName": message.profile_name,
        "MessageType": _message_type(message),
        "SmsSid": message.sid,
        "WaId": _wa_id(message),
        "SmsStatus": "received",
        "Body": message.body,
        "To": config.number,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": message.sid,
        "AccountSid": config.account_sid,
        "ChannelMetadata": _channel_metadata(message),
        "From": message.address,
        "ExternalUserId": message.user_id,
        "ApiVersion": API_VERSION,
        **_media_fields(message, config, origin),
        **_location_fields(message),
        **message.extra,
    }
    return {name: value for name, value in fields.items() if value is not None}


def media_url(media: Media, config: SimulatorConfig, origin: str) -> str:
    """Name the address under which the bot fetches `media`."""
    path = f"/{API_VERSION}/Accounts/{config.account_sid}/Messages"
    return f"{origin.rstrip('/')}{path}/{media.message_sid}/Media/{media.sid}"


def _wa_id(message: PhoneMessage) -> str | None:
    return message.address.removeprefix("whatsapp:+") if message.has_number else None


def _channel_metadata(message: PhoneMessage) -> str:
    context = {"ProfileName": message.profile_name, "WaId": _wa_id(message)}
    known = {name: value for name, value in context.items() if value is not None}
    return json.dumps({"type": "whatsapp", "data": {"context": known}})


def _message_type(message: PhoneMessage) -> str:
    if message.location is not None:
        return "location"
    if message.media is None:
        return "text"
    kind, _, subtype = message.media.content_type.partition("/")
    if subtype in {"vcard", "x-vcard"}:
        return "contacts"
    return kind if kind in {"image", "audio", "video"} else "document"


def _media_fields(
    message: PhoneMessage, config: SimulatorConfig, origin: str
) -> dict[str, str]:
    if message.media is None:
        return {}
    return {
        "NumMedia": "1",
        "MediaUrl0": media_url(message.media, config, origin),
        "MediaContentType0": message.media.content_type,
    }


def _location_fields(message: PhoneMessage) -> dict[str, str]:
    if message.location is None:
        return {}
    return {
        "Latitude": str(message.location["latitude"]),
        "Longitude": str(message.location["longitude"]),
        "Label": message.location["label"],
    }
