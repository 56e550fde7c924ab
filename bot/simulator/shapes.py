"""How a message looks to the bot (Twilio's JSON) and to the phone."""

import math
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from bot.simulator.config import API_VERSION, SimulatorConfig
from bot.simulator.records import Media, Message

SEGMENT_LENGTH = 153


def message_for_twilio(message: Message, config: SimulatorConfig) -> dict[str, Any]:
    """Show `message` as Twilio's REST API does.

    Source: https://www.twilio.com/docs/messaging/api/message-resource
    """
    uri = config.message_path(message.sid)
    inbound = message.is_inbound
    return {
        "account_sid": config.account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _rfc_2822(message.created_at),
        "date_sent": _rfc_2822(message.sent_at),
        "date_updated": _rfc_2822(message.updated_at),
        "direction": message.direction,
        "error_code": None if inbound else message.error_code,
        "error_message": None,
        "from": message.address if inbound else config.number,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media)),
        "num_segments": str(max(1, math.ceil(len(message.body) / SEGMENT_LENGTH))),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": "received" if inbound else message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": config.number if inbound else message.address,
        "uri": f"{uri}.json",
    }


def media_for_twilio(
    media: Media, message: Message, config: SimulatorConfig
) -> dict[str, Any]:
    """Show one media of `message` as Twilio's REST API does (not its bytes)."""
    created = _rfc_2822(message.created_at)
    return {
        "account_sid": config.account_sid,
        "content_type": media.content_type,
        "date_created": created,
        "date_updated": created,
        "parent_sid": message.sid,
        "sid": media.sid,
        "uri": f"{config.media_path(message.sid, media.sid)}.json",
    }


def message_for_phone(message: Message) -> dict[str, Any]:
    """Show `message` as the chat page, `bot chat` and tests get it."""
    return {
        "sid": message.sid,
        "address": message.address,
        "direction": "inbound" if message.is_inbound else "outbound",
        "body": message.body,
        "media": [_media_for_phone(media) for media in message.media],
        "location": message.location,
        "status": message.status,
        "error_code": message.error_code,
        "created_at": message.created_at.isoformat(),
    }


def conversation_for_phone(last: Message, name: str | None) -> dict[str, Any]:
    """Show a conversation in the list of them: who it is, and the last message."""
    return {
        "address": last.address,
        "name": name,
        "last_message": message_for_phone(last),
    }


def _media_for_phone(media: Media) -> dict[str, str]:
    url = media.source_url or f"/simulator/phone-media/{media.sid}"
    return {"type": media.content_type, "url": url, "name": media.name}


def _rfc_2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)
