"""Reads what a phone writes, as JSON or as a form with a file."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage

from bot.simulator.phone_message import PhoneMessage
from bot.simulator.records import MESSAGE_SID, Location, Media, is_address, new_sid

MOST_FILE_BYTES = 16 * 2**20
MOST_EXTRA_FIELDS = 100


class PhoneError(ValueError):
    """The phone's request can't be followed; the text says why and what to do."""


def parse_phone_message(request: Request) -> PhoneMessage:
    """Read the request of `POST /simulator/messages`; raises PhoneError."""
    given = _given(request)
    file = request.files.get("file")
    sid = _sid(given, "SM" if file is None else "MM")
    media, content = (None, None) if file is None else _read_file(file, sid)
    message = PhoneMessage(
        sid=sid,
        address=_address(given, "from"),
        body=_text(given, "body") or "",
        profile_name=_text(given, "profile_name"),
        external_user_id=_external_user_id(given),
        media=media,
        content=content,
        location=_location(given),
        extra=_extra(given),
    )
    _check_writable(message)
    return message


def _given(request: Request) -> Mapping[str, Any]:
    if not request.is_json:
        # Browsers send every line break of a form as two characters.
        form = request.form.to_dict()
        return {name: value.replace("\r\n", "\n") for name, value in form.items()}
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise PhoneError("The body is no JSON object.")
    return given


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise PhoneError(f"'{name}' must be text.")
    return value or None


def _address(given: Mapping[str, Any], name: str) -> str:
    address = _text(given, name) or ""
    if not is_address(address):
        raise PhoneError(
            f"'{name}' is no WhatsApp address: write whatsapp:+15551230000 "
            "(country code first, no spaces) or whatsapp:US.1A2B3C."
        )
    return address


def _external_user_id(given: Mapping[str, Any]) -> str | None:
    if not given.get("external_user_id"):
        return None
    return _address(given, "external_user_id")


def _sid(given: Mapping[str, Any], prefix: str) -> str:
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
    )
    return media, content


def _json_object(given: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
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


def _location(given: Mapping[str, Any]) -> Location | None:
    place = _json_object(given, "location")
    if place is None:
        return None
    try:
        return Location(
            latitude=float(place["latitude"]),
            longitude=float(place["longitude"]),
            label=str(place.get("label", "")),
        )
    except (KeyError, TypeError, ValueError):
        raise PhoneError(
            "'location' needs 'latitude' and 'longitude' in degrees."
        ) from None


def _extra(given: Mapping[str, Any]) -> dict[str, str | None]:
    extra = _json_object(given, "extra") or {}
    if len(extra) > MOST_EXTRA_FIELDS:
        raise PhoneError(f"'extra' has more than {MOST_EXTRA_FIELDS} fields.")
    return {
        name: None if value is None else str(value) for name, value in extra.items()
    }


def _check_writable(message: PhoneMessage) -> None:
    texts = [message.body, message.profile_name or "", *message.extra]
    texts += [value for value in message.extra.values() if value]
    texts += [message.location["label"]] if message.location else []
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise PhoneError("A lone surrogate can't be sent in a form.") from None
