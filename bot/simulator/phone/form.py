"""What Twilio tells the bot of a phone's message.

Source: https://www.twilio.com/docs/messaging/guides/webhook-request

Twilio documents neither how stickers are told, nor that reactions are: here these have
a MessageType of their own, and a reaction is its emoji as the Body of a reply.
"""

import json

from bot.simulator.records import (
    API_VERSION,
    PhoneMessage,
    SimulatorConfig,
    choice_fields,
)

STICKER = "image/webp"


def inbound_fields(
    message: PhoneMessage, config: SimulatorConfig, origin: str
) -> dict[str, str]:
    """Build the form that brings `message`; its media lie under `origin`."""
    fields: dict[str, str | None] = {
        "SmsMessageSid": message.sid,
        "ProfileName": message.profile_name,
        "MessageType": _message_type(message),
        "SmsSid": message.sid,
        "WaId": message.wa_id,
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
        **_quoted_fields(message, config),
        **_forwarded_fields(message),
        **choice_fields(message.choice),
        **message.extra,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _channel_metadata(message: PhoneMessage) -> str:
    context = {"ProfileName": message.profile_name, "WaId": message.wa_id}
    known = {name: value for name, value in context.items() if value is not None}
    return json.dumps({"type": "whatsapp", "data": {"context": known}})


def _message_type(message: PhoneMessage) -> str:
    if message.reacts:
        return "reaction"
    if message.location is not None:
        return "location"
    if message.media is None:
        return "text" if message.choice is None else "interactive"
    kind, _, subtype = message.media.content_type.partition("/")
    if message.media.content_type == STICKER:
        return "sticker"
    if subtype in {"vcard", "x-vcard"}:
        return "contacts"
    return kind if kind in {"image", "audio", "video"} else "document"


def _media_fields(
    message: PhoneMessage, config: SimulatorConfig, origin: str
) -> dict[str, str]:
    if message.media is None:
        return {"NumMedia": "0"}
    path = config.media_path(message.sid, message.media.sid)
    return {
        "NumMedia": "1",
        "MediaUrl0": origin.rstrip("/") + path,
        "MediaContentType0": message.media.content_type,
    }


def _location_fields(message: PhoneMessage) -> dict[str, str]:
    if message.location is None:
        return {}
    place = message.location
    fields = {
        "Latitude": str(place["latitude"]),
        "Longitude": str(place["longitude"]),
        "Label": place["label"],
    }
    address = place.get("address")
    return {**fields, "Address": address} if address else fields


def _quoted_fields(message: PhoneMessage, config: SimulatorConfig) -> dict[str, str]:
    if message.quoted is None:
        return {}
    sender, _ = message.quoted.sides(config.number)
    return {
        "OriginalRepliedMessageSid": message.quoted.sid,
        "OriginalRepliedMessageSender": sender,
    }


def _forwarded_fields(message: PhoneMessage) -> dict[str, str]:
    if not message.forwarded:
        return {}
    often = "true" if message.forwarded == "often" else "false"
    return {"Forwarded": "true", "FrequentlyForwarded": often}
