"""From a webhook's form to records; no field is trusted to be there or well made.

Fields: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

from bot.chat.commands.entries import Command
from bot.chat.commands.finding import is_word_of
from bot.whatsapp.beside import read_beside
from db.records import DeliveryStatus, InboundMessage, Media, Turn, to_storable

MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
# Also WhatsApp's business-scoped ids (whatsapp:CC.id) and whatever Twilio adds next:
# https://www.twilio.com/docs/whatsapp/key-concepts
ADDRESS = re.compile(r"whatsapp:[!-~]{1,180}")
# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
STATUS = re.compile(r"[a-z_]{1,32}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
LONGEST_NAME = 200
LONGEST_VALUE = 2000
MOST_MEDIA = 10


class BadInputError(Exception):
    """A form that can't be a message; the text says which field and why."""


def parse_inbound(form: Mapping[str, str]) -> InboundMessage:
    """Return the message of an inbound webhook. Raises BadInputError."""
    message_sid = _read_sid(form)
    content = to_storable(_first_text(form, "Body", "ButtonText", "ListTitle"))
    turn = Turn(
        role="user",
        content=content,
        timestamp=datetime.now(UTC),
        message_sid=message_sid,
        media=(*_read_media(form), *_read_location(form)),
        beside=read_beside(form),
        opt_out_type=_short(form, "OptOutType"),
    )
    return InboundMessage(
        message_sid=message_sid,
        address=_read_address(form, "From"),
        other_address=_read_other_address(form),
        our_address=_read_our_address(form),
        profile_name=_read_name(form),
        turn=turn,
        opens_chat=is_word_of(Command.NEW, content),
    )


def parse_status(form: Mapping[str, str], part: str | None) -> DeliveryStatus:
    """Return what a status callback says; `part` is our id from its URL's query.

    https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
    Raises BadInputError.
    """
    code = form.get("ErrorCode", "")
    return DeliveryStatus(
        message_sid=_read_sid(form),
        status=_read_status(form),
        part_id=_read_part_id(part),
        error_code=int(code) if re.fullmatch("[0-9]{1,9}", code) else None,
    )


def _read_status(form: Mapping[str, str]) -> str:
    """Return any word, since Twilio may add some, but nothing that is no word."""
    status = _first_text(form, "MessageStatus", "SmsStatus").lower()
    if not STATUS.fullmatch(status):
        raise BadInputError("MessageStatus is missing or no word")
    return status


def _read_part_id(part: str | None) -> UUID | None:
    try:
        return UUID(part) if part else None
    except ValueError:
        return None


def _read_sid(form: Mapping[str, str]) -> str:
    sid = form.get("MessageSid", "")
    if not MESSAGE_SID.fullmatch(sid):
        raise BadInputError("MessageSid is missing or not SM or MM and 32 hex digits")
    return sid


def _read_address(form: Mapping[str, str], field: str) -> str:
    address = form.get(field, "")
    if not ADDRESS.fullmatch(address):
        raise BadInputError(f"{field} is missing or no WhatsApp address")
    return address


def _read_other_address(form: Mapping[str, str]) -> str | None:
    """Return the person's id beside a number; Twilio gives it under two names."""
    other = _first_text(form, "ExternalUserId", "ExternalUserIdentifier")
    usable = ADDRESS.fullmatch(other) and other != form.get("From")
    return other if usable else None


def _read_our_address(form: Mapping[str, str]) -> str | None:
    ours = form.get("To", "")
    return ours if ADDRESS.fullmatch(ours) else None


def _read_name(form: Mapping[str, str]) -> str | None:
    """Return the display name that the user chose: any text at all."""
    name = CONTROL.sub(" ", to_storable(form.get("ProfileName", ""))).strip()
    return name[:LONGEST_NAME] or None


def _first_text(form: Mapping[str, str], *fields: str) -> str:
    return next((form[field] for field in fields if form.get(field)), "")


def _short(form: Mapping[str, str], field: str) -> str | None:
    return to_storable(form.get(field, ""))[:LONGEST_VALUE] or None


def _read_media(form: Mapping[str, str]) -> Iterator[Media]:
    count = form.get("NumMedia", "0")
    declared = int(count) if re.fullmatch("[0-9]{1,4}", count) else 0
    for index in range(min(declared, MOST_MEDIA)):
        kind = _short(form, f"MediaContentType{index}") or "unknown"
        url = _short(form, f"MediaUrl{index}")
        yield {"type": kind, "url": url} if url else {"type": kind}


def _read_location(form: Mapping[str, str]) -> Iterator[Media]:
    fields = ("Latitude", "Longitude", "Address", "Label")
    known = {f.lower(): text for f in fields if (text := _short(form, f))}
    if {"latitude", "longitude"} <= known.keys() or {"address", "label"} & known.keys():
        yield {"type": "location", **known}
