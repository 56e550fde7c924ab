"""The phone's side over HTTP, for the chat page, `bot chat` and tests.

Nobody logs in here: the simulator listens on the loopback interface only, and
refuses what a page from elsewhere sends (see `bot.simulator.server`).
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from bot.simulator.events import TooManyStreamsError
from bot.simulator.records import (
    MESSAGE_SID,
    Location,
    Media,
    Message,
    PhoneMessage,
    is_address,
    new_sid,
)
from bot.simulator.switchboard import switchboard

MOST_FILE_BYTES = 16 * 2**20
MOST_EXTRA_FIELDS = 100
# Types that a browser shows without running anything that may hide in them.
SHOWN_TYPES = frozenset(
    [f"image/{kind}" for kind in ("png", "jpeg", "webp", "gif")]
    + [f"audio/{kind}" for kind in ("ogg", "mp4", "webm")]
    + ["video/mp4"]
)

phone = Blueprint("phone", __name__, url_prefix="/simulator")


class PhoneError(ValueError):
    """The phone's request can't be followed; the text says why and what to do."""


@phone.errorhandler(PhoneError)
def _refuse(error: PhoneError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


@phone.errorhandler(RequestEntityTooLarge)
def _refuse_size(_: RequestEntityTooLarge) -> tuple[Response, int]:
    return jsonify({"error": "That is larger than 16 MB, WhatsApp's limit."}), 413


@phone.post("/messages")
def write_message() -> tuple[Response, int]:
    """Write to the bot as any phone; answers when the webhook did.

    201 with `message_sid`, `webhook_status` (null: no answer), `webhook_seconds`,
    `error` (a sentence, or null) and `replies` (messages that came as TwiML). 400
    with `error` for what no phone can write.
    """
    board = switchboard()
    written = _parse_message()
    known = board.mailbox.find(written.sid)
    if known is not None and not known.is_inbound:
        raise PhoneError("'message_sid' is a message from the bot.")
    origin = board.config.public_url or request.host_url
    report = board.deliver_inbound(written, origin)
    answer = {
        "message_sid": written.sid,
        "webhook_status": report.status,
        "webhook_seconds": round(report.seconds, 4),
        "error": report.error,
        "replies": [reply.for_phone() for reply in report.replies],
    }
    return jsonify(answer), 201


@phone.get("/conversations")
def list_conversations() -> Response:
    """List who talked with the bot, the latest first, each with the last message."""
    listed = [each.for_phone() for each in switchboard().mailbox.conversations()]
    return jsonify({"conversations": listed})


@phone.get("/conversations/<address>")
def show_conversation(address: str) -> Response:
    """Show all messages with one address, in order of creation."""
    board = switchboard()
    messages = board.mailbox.messages_with(address)
    shown = {
        "address": address,
        "name": board.mailbox.name_of(address),
        "messages": [message.for_phone() for message in messages],
        "typing": board.is_typing(address),
    }
    return jsonify(shown)


@phone.get("/events")
def stream_events() -> Response:
    """Stream what happens: `message`, `status`, `typing` and `problem` of `address`.

    Everybody's `conversation` events (an item of the list) come with them, and
    alone where no `address` is given. While a stream for an address is open, its
    phone reads what the bot sends. `typing` tells the start and an end by an answer;
    without one it ends after 25 s. Streams last 55 s: open the next one with
    `Last-Event-ID`. 503 when too many are open.
    """
    board = switchboard()
    address = request.args.get("address")
    if address is not None and not is_address(address):
        raise PhoneError("'address' is no WhatsApp address.")
    last = request.headers.get("Last-Event-ID", "")
    try:
        stream = board.broadcast.open_stream(
            address, int(last) if last.isdecimal() else None
        )
    except TooManyStreamsError:
        return Response("Too many chat pages are open: close one.", 503)
    response = Response(stream.texts(), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(lambda: board.broadcast.close_stream(stream))
    if address is not None:
        board.courier.mark_read(address)
    return response


@phone.get("/phone-media/<media_sid>")
def show_media(media_sid: str) -> Response:
    """Give a picture or file that a phone sent back to the page."""
    content = switchboard().mailbox.content(media_sid)
    if content is None:
        return Response("This file is gone: only the newest are kept.", 404)
    response = Response(content.data, content_type=content.content_type)
    if content.content_type not in SHOWN_TYPES:
        response.headers["Content-Disposition"] = "attachment"
    return response


def _parse_message() -> PhoneMessage:
    given = _given()
    file = request.files.get("file")
    sid = _sid(given, "SM" if file is None else "MM")
    media, content = (None, None) if file is None else _read_file(file, sid)
    address = _address(given, "from")
    message = PhoneMessage(
        sid=sid,
        address=address,
        body=_text(given, "body") or "",
        profile_name=_text(given, "profile_name"),
        external_user_id=_external_user_id(given),
        media=media,
        content=content,
        location=_location(given),
        quoted=_quoted(given, address),
        extra=_extra(given),
    )
    _check_writable(message)
    return message


def _given() -> Mapping[str, Any]:
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
        found = Location(
            latitude=float(place["latitude"]),
            longitude=float(place["longitude"]),
            label=str(place.get("label", "")),
        )
    except (KeyError, TypeError, ValueError):
        found = None
    if found is None or not (
        abs(found["latitude"]) <= 90 and abs(found["longitude"]) <= 180
    ):
        raise PhoneError("'location' needs 'latitude' and 'longitude' in degrees.")
    return found


def _quoted(given: Mapping[str, Any], address: str) -> Message | None:
    sid = _text(given, "reply_to")
    if sid is None:
        return None
    message = switchboard().mailbox.find(sid)
    if message is None or message.address != address:
        raise PhoneError("'reply_to' is no message of this conversation.")
    return message


def _extra(given: Mapping[str, Any]) -> dict[str, str | None]:
    extra = _json_object(given, "extra") or {}
    if len(extra) > MOST_EXTRA_FIELDS:
        raise PhoneError(f"'extra' has more than {MOST_EXTRA_FIELDS} fields.")
    return {
        name: None if value is None else str(value) for name, value in extra.items()
    }


def _check_writable(message: PhoneMessage) -> None:
    if not (message.body.strip() or message.media or message.location or message.extra):
        raise PhoneError("There is nothing to send: write a text, or attach a file.")
    texts = [message.body, message.profile_name or "", *message.extra]
    texts += [value for value in message.extra.values() if value]
    texts += [message.location["label"]] if message.location else []
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise PhoneError("A lone surrogate can't be sent in a form.") from None
