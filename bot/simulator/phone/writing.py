"""What a phone's owner writes, as the chat page, `bot chat` and tests ask for it.

A request has `from`; one or more of `body`, `file`, `location` (latitude, longitude,
label, address), `reaction` (an emoji, or "none" to take it back), `choice` (kind:
button or list, text, payload), and `extra` fields of the webhook; and, as it likes,
`reply_to`, `forwarded` (once, often), `profile_name`, `external_user_id`,
`message_sid`.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage

from bot.simulator.mailbox import Mailbox
from bot.simulator.records import (
    MESSAGE_SID,
    Choice,
    Forwarded,
    Location,
    Media,
    Message,
    PhoneMessage,
    is_address,
    new_sid,
)

MOST_FILE_BYTES = 16 * 2**20
MOST_EXTRA_FIELDS = 100
TAKEN_BACK = "none"
FORWARDED: Mapping[str, Forwarded] = {"once": "once", "often": "often"}

Given = Mapping[str, Any]


class PhoneError(ValueError):
    """The phone's request can't be followed; the text says why and what to do."""


def parse_message(request: Request, mailbox: Mailbox) -> PhoneMessage:
    """Return the message that a request asks to write. Raises PhoneError."""
    given = _given(request)
    file = request.files.get("file")
    sid = _sid(given, "SM" if file is None else "MM")
    media, content = (None, None) if file is None else _read_file(file, sid)
    address = _address(given, "from")
    choice = _choice(given)
    message = PhoneMessage(
        sid=sid,
        address=address,
        body=_body(given, choice),
        profile_name=_text(given, "profile_name"),
        external_user_id=_external_user_id(given),
        media=media,
        content=content,
        location=_location(given),
        quoted=_quoted(given, address, mailbox),
        reacts=_text(given, "reaction") is not None,
        choice=choice,
        forwarded=_forwarded(given),
        extra=_extra(given),
    )
    _check_writable(message)
    return message


def _given(request: Request) -> Given:
    if not request.is_json:
        # Browsers send every line break of a form as two characters.
        form = request.form.to_dict()
        return {name: value.replace("\r\n", "\n") for name, value in form.items()}
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise PhoneError("The body is no JSON object.")
    return given


def _body(given: Given, choice: Choice | None) -> str:
    reaction = _text(given, "reaction")
    if reaction is not None:
        return "" if reaction == TAKEN_BACK else reaction
    return choice["text"] if choice else _text(given, "body") or ""


def _text(given: Given, name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise PhoneError(f"'{name}' must be text.")
    return value or None


def _address(given: Given, name: str) -> str:
    address = _text(given, name) or ""
    if not is_address(address):
        raise PhoneError(
            f"'{name}' is no WhatsApp address: write whatsapp:+15551230000 "
            "(country code first, no spaces) or whatsapp:US.1A2B3C."
        )
    return address


def _external_user_id(given: Given) -> str | None:
    if not given.get("external_user_id"):
        return None
    return _address(given, "external_user_id")


def _sid(given: Given, prefix: str) -> str:
    sid = _text(given, "message_sid")
    if sid is None:
        return new_sid(prefix)
    if MESSAGE_SID.fullmatch(sid) is None:
        raise PhoneError("'message_sid' must be SM or MM and 32 lower hex digits.")
    return sid


def _read_file(file: FileStorage, message_sid: str) -> tuple[Media, bytes]:
    content = file.stream.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        raise PhoneError("The file is larger than 16 MB, WhatsApp's limit.")
    media = Media(
        sid=new_sid("ME"),
        message_sid=message_sid,
        content_type=file.mimetype or "application/octet-stream",
        name=file.filename or "file",
        size=len(content),
    )
    return media, content


def _json_object(given: Given, name: str) -> Given | None:
    value = given.get(name)
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except ValueError:
            raise PhoneError(f"'{name}' is no JSON.") from None
    if not value:
        return None
    if not isinstance(value, dict):
        raise PhoneError(f"'{name}' must be a JSON object.")
    return value


def _location(given: Given) -> Location | None:
    place = _json_object(given, "location")
    if place is None:
        return None
    try:
        found = Location(
            latitude=float(place["latitude"]),
            longitude=float(place["longitude"]),
            label=str(place.get("label", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        found = None
    if found is None or not (
        abs(found["latitude"]) <= 90 and abs(found["longitude"]) <= 180
    ):
        raise PhoneError("'location' needs 'latitude' and 'longitude' in degrees.")
    if place.get("address"):
        found["address"] = str(place["address"])
    return found


def _choice(given: Given) -> Choice | None:
    choice = _json_object(given, "choice")
    if choice is None:
        return None
    kind, text = choice.get("kind"), str(choice.get("text", "")).strip()
    if kind not in ("button", "list") or not text:
        raise PhoneError("'choice' needs 'kind' (button or list), 'text', 'payload'.")
    return Choice(kind=kind, text=text, payload=str(choice.get("payload", "")))


def _forwarded(given: Given) -> Forwarded:
    told = _text(given, "forwarded")
    if told is not None and told not in FORWARDED:
        raise PhoneError("'forwarded' must be once or often.")
    return FORWARDED.get(told or "", "")


def _quoted(given: Given, address: str, mailbox: Mailbox) -> Message | None:
    sid = _text(given, "reply_to")
    if sid is None:
        return None
    message = mailbox.find(sid)
    if message is None or message.address != address:
        raise PhoneError("'reply_to' is no message of this conversation.")
    return message


def _extra(given: Given) -> dict[str, str | None]:
    extra = _json_object(given, "extra") or {}
    if len(extra) > MOST_EXTRA_FIELDS:
        raise PhoneError(f"'extra' has more than {MOST_EXTRA_FIELDS} fields.")
    return {
        name: None if value is None else str(value) for name, value in extra.items()
    }


def _check_writable(message: PhoneMessage) -> None:
    if message.reacts:
        if message.quoted is None or message.media or message.location:
            raise PhoneError("A reaction names a message in 'reply_to', and no more.")
    elif not (
        message.body.strip() or message.media or message.location or message.extra
    ):
        raise PhoneError("There is nothing to send: write a text, or attach a file.")
    texts = [message.body, message.profile_name or "", *message.extra]
    texts += [value for value in message.extra.values() if value]
    for told in (message.location, message.choice):
        texts += map(str, told.values()) if told else []
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise PhoneError("A lone surrogate can't be sent in a form.") from None
