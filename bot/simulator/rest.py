"""Twilio's REST API, as far as a WhatsApp bot uses it.

Sources: https://www.twilio.com/docs/messaging/api/message-resource ,
https://www.twilio.com/docs/messaging/api/media-resource ,
https://www.twilio.com/docs/usage/twilios-response#pagination and
https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource
"""

import hmac
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from bot.simulator.faults import TwilioError, with_faults
from bot.simulator.mailbox import Search
from bot.simulator.outbound import parse_outbound
from bot.simulator.records import API_VERSION, Media, Message, SimulatorConfig
from bot.simulator.switchboard import switchboard

rest = Blueprint("rest", __name__)
MESSAGES = f"/{API_VERSION}/Accounts/<account_sid>/Messages"
SEGMENT_LENGTH = 153
PRICE = "-0.00500"
PAGE_SIZE = 50
STORED_SECONDS = 300  # the address of a stored media is good for so long
LARGEST_PAGE_SIZE = 1000


@rest.before_request
def require_credentials() -> None:
    """Refuse wrong credentials (20003) and other accounts (20404)."""
    config = switchboard().config
    given = request.authorization
    name = (given and given.username) or ""
    password = (given and given.password) or ""
    if not any(_same(name, password, *pair) for pair in _credentials(config)):
        raise TwilioError(20003)
    arguments = request.view_args or {}
    if arguments.pop("account_sid", config.account_sid) != config.account_sid:
        raise TwilioError(20404, request.path)


@rest.post(f"{MESSAGES}.json")
@with_faults("create")
def create_message() -> Response:
    """Accept a message for a phone: 201, status queued."""
    board = switchboard()
    message = parse_outbound(request.form, board.config)
    message = board.shelf.fill(message, request.form.get("ContentVariables", ""))
    board.accept_outbound(message)
    answer = jsonify(_message_json(message, board.config))
    answer.status_code = 201
    return answer


@rest.get(f"{MESSAGES}.json")
@with_faults("list")
def list_messages() -> Response:
    """List the messages of both directions, the newest first."""
    board = switchboard()
    search = _parse_search(request.args)
    found = [
        message
        for message in board.mailbox.newest_first()
        if search.matches(message, board.config.number)
    ]
    shapes = [_message_json(message, board.config) for message in found]
    return jsonify(_page_of(shapes, "messages"))


@rest.get(f"{MESSAGES}/<sid>.json")
@with_faults("fetch")
def fetch_message(sid: str) -> Response:
    """Show one message as it is now."""
    return jsonify(_message_json(_message(sid), switchboard().config))


@rest.delete(f"{MESSAGES}/<sid>.json")
def delete_message(sid: str) -> Response:
    """Forget a message and its media: 204."""
    if not switchboard().mailbox.delete(sid):
        raise TwilioError(20404, request.path)
    return Response(status=204)


@rest.get(f"{MESSAGES}/<sid>/Media.json")
def list_media(sid: str) -> Response:
    """List the media of a message, without their bytes."""
    message, config = _message(sid), switchboard().config
    shapes = [_media_json(media, message, config) for media in message.media]
    return jsonify(_page_of(shapes, "media_list"))


@rest.get(f"{MESSAGES}/<sid>/Media/<media_sid>.json")
def fetch_media(sid: str, media_sid: str) -> Response:
    """Describe one media."""
    shape = _media_json(_media(sid, media_sid), _message(sid), switchboard().config)
    return jsonify(shape)


@rest.delete(f"{MESSAGES}/<sid>/Media/<media_sid>.json")
def delete_media(sid: str, media_sid: str) -> Response:
    """Forget one media: 204."""
    if not switchboard().mailbox.delete_media(sid, media_sid):
        raise TwilioError(20404, request.path)
    return Response(status=204)


@rest.get(f"{MESSAGES}/<sid>/Media/<media_sid>")
@with_faults("media_lead")
def download_media(sid: str, media_sid: str) -> Response:
    """Lead to the bytes of a media, as Twilio does: its store asks for no login."""
    board = switchboard()
    media = _media(sid, media_sid)
    if media.source_url is not None:
        return _lead_to(media.source_url)
    if board.mailbox.content(media_sid) is None:
        raise TwilioError(20404, request.path)
    ends = int(time.time() + STORED_SECONDS)
    return _lead_to(board.config.store_path(media_sid, ends))


@rest.post("/v2/Indicators/Typing.json")
@with_faults("typing")
def show_typing() -> Response:
    """Show the typing indicator to who wrote the inbound message `messageId`."""
    board = switchboard()
    if request.form.get("channel") != "whatsapp":
        raise TwilioError(20001, "channel must be whatsapp")
    message = board.mailbox.find(request.form.get("messageId", ""))
    if message is None or not message.is_inbound:
        raise TwilioError(20404, "messageId")
    board.show_typing(message)
    return jsonify({"success": True})


def _lead_to(place: str) -> Response:
    return Response(status=307, headers={"Location": place})


def _credentials(config: SimulatorConfig) -> list[tuple[str, str]]:
    pairs = [(config.account_sid, config.auth_token)]
    if config.api_key_sid and config.api_key_secret:
        pairs.append((config.api_key_sid, config.api_key_secret))
    return pairs


def _same(name: str, password: str, right_name: str, right_password: str) -> bool:
    given, right = f"{name}:{password}", f"{right_name}:{right_password}"
    return hmac.compare_digest(given.encode(), right.encode())


def _message(sid: str) -> Message:
    message = switchboard().mailbox.find(sid)
    if message is None:
        raise TwilioError(20404, switchboard().config.message_path(sid))
    return message


def _media(sid: str, media_sid: str) -> Media:
    for media in _message(sid).media:
        if media.sid == media_sid:
            return media
    raise TwilioError(20404, request.path)


def _message_json(message: Message, config: SimulatorConfig) -> dict[str, Any]:
    uri = config.message_path(message.sid)
    inbound = message.is_inbound
    sender, to = message.sides(config.number)
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
        "from": sender,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": str(len(message.media)),
        "num_segments": str(max(1, math.ceil(len(message.body) / SEGMENT_LENGTH))),
        "price": None if inbound else _price_of(message),
        "price_unit": "USD",
        "sid": message.sid,
        "status": "received" if inbound else message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": to,
        "uri": f"{uri}.json",
    }


def _price_of(message: Message) -> str | None:
    """Return what is billed, as Twilio tells it: once it is known, and as a loss."""
    return PRICE if message.status in {"delivered", "read"} else None


def _media_json(
    media: Media, message: Message, config: SimulatorConfig
) -> dict[str, Any]:
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


def _rfc_2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment)


def _parse_search(query: Mapping[str, str]) -> Search:
    day = _moment(query, "DateSent")
    return Search(
        to=query.get("To"),
        sender=query.get("From"),
        day=None if day is None else day.date(),
        until=_moment(query, "DateSent<", end_of_day=True),
        since=_moment(query, "DateSent>"),
    )


def _moment(
    query: Mapping[str, str], name: str, *, end_of_day: bool = False
) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TwilioError(20001, name) from None
    if end_of_day and "T" not in text:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _page_of(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    size = min(_number("PageSize", PAGE_SIZE), LARGEST_PAGE_SIZE) or PAGE_SIZE
    page = _number("Page", 0)
    start = page * size
    cut = items[start : start + size]
    has_next = len(items) > start + size
    return {
        "end": max(start, start + len(cut) - 1),
        "first_page_uri": _page_uri(0, size),
        "next_page_uri": _page_uri(page + 1, size) if has_next else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": _page_uri(page - 1, size) if page else None,
        "start": start,
        "uri": _page_uri(page, size),
        name: cut,
    }


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise TwilioError(20001, name)
    return int(text)


def _page_uri(page: int, size: int) -> str:
    query = {**request.args.to_dict(), "PageSize": str(size), "Page": str(page)}
    return f"{request.path}?{urlencode(query)}"
