"""Twilio's REST API, as far as a WhatsApp bot uses it.

Sources: https://www.twilio.com/docs/messaging/api/message-resource ,
https://www.twilio.com/docs/messaging/api/media-resource and
https://www.twilio.com/docs/whatsapp/api/typing-indicators-resource
"""

import hmac

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from bot.simulator.config import API_VERSION, SimulatorConfig
from bot.simulator.faults import TwilioError, with_faults
from bot.simulator.outbound import parse_outbound
from bot.simulator.pages import page_of
from bot.simulator.records import Media, Message
from bot.simulator.search import parse_search
from bot.simulator.shapes import (
    media_for_twilio,
    message_for_twilio,
)
from bot.simulator.switchboard import switchboard

rest = Blueprint("rest", __name__)
MESSAGES = f"/{API_VERSION}/Accounts/<account_sid>/Messages"


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
    board.accept_outbound(message)
    answer = jsonify(message_for_twilio(message, board.config))
    answer.status_code = 201
    return answer


@rest.get(f"{MESSAGES}.json")
@with_faults("list")
def list_messages() -> Response:
    """List the messages of both directions, the newest first."""
    board = switchboard()
    search = parse_search(request.args)
    found = [
        message
        for message in board.mailbox.newest_first()
        if search.matches(message, board.config.number)
    ]
    shapes = [message_for_twilio(message, board.config) for message in found]
    return jsonify(page_of(shapes, "messages"))


@rest.get(f"{MESSAGES}/<sid>.json")
@with_faults("fetch")
def fetch_message(sid: str) -> Response:
    """Show one message as it is now."""
    return jsonify(message_for_twilio(_message(sid), switchboard().config))


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
    shapes = [media_for_twilio(media, message, config) for media in message.media]
    return jsonify(page_of(shapes, "media_list"))


@rest.get(f"{MESSAGES}/<sid>/Media/<media_sid>.json")
def fetch_media(sid: str, media_sid: str) -> Response:
    """Describe one media."""
    shape = media_for_twilio(
        _media(sid, media_sid), _message(sid), switchboard().config
    )
    return jsonify(shape)


@rest.delete(f"{MESSAGES}/<sid>/Media/<media_sid>.json")
def delete_media(sid: str, media_sid: str) -> Response:
    """Forget one media: 204."""
    if not switchboard().mailbox.delete_media(sid, media_sid):
        raise TwilioError(20404, request.path)
    return Response(status=204)


@rest.get(f"{MESSAGES}/<sid>/Media/<media_sid>")
def download_media(sid: str, media_sid: str) -> AnyResponse:
    """Give the bytes of a media that a phone sent."""
    media = _media(sid, media_sid)
    if media.source_url is not None:
        return redirect(media.source_url, code=307)
    content = switchboard().mailbox.content(media_sid)
    if content is None:
        raise TwilioError(20404, request.path)
    return Response(content.data, content_type=content.content_type)


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
