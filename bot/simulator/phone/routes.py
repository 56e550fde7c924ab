"""The phone's side over HTTP, for the chat page, `bot chat` and tests.

Nobody logs in here: the simulator listens on the loopback interface only, and
refuses what a page from elsewhere sends (see `bot.simulator.server`).
"""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.simulator.events import TooManyStreamsError
from bot.simulator.phone.writing import PhoneError, parse_message
from bot.simulator.records import is_address
from bot.simulator.switchboard import switchboard

# Types that a browser shows without running anything that may hide in them.
SHOWN_TYPES = frozenset(
    [f"image/{kind}" for kind in ("png", "jpeg", "webp", "gif")]
    + [f"audio/{kind}" for kind in ("ogg", "mp4", "webm", "mpeg", "aac", "wav")]
    + ["video/mp4", "video/webm"]
)

phone = Blueprint("phone", __name__, url_prefix="/simulator")


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
    written = parse_message(request, board.mailbox)
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
    """Give a picture or file of either side to the page, a range of it if asked so."""
    content = switchboard().mailbox.content(media_sid)
    if content is None:
        return Response("This file is gone: only the newest are kept.", 404)
    response = Response(content.data, content_type=content.content_type)
    if response.mimetype not in SHOWN_TYPES:
        response.headers["Content-Disposition"] = "attachment"
    response.make_conditional(
        request, accept_ranges=True, complete_length=len(content.data)
    )
    return response
