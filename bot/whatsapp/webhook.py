"""Twilio's webhooks: what is acknowledged here was stored before.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import filterfalse

from flask import Blueprint, Request, Response, request
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.exceptions import RequestEntityTooLarge

from bot.media.outgoing.refs import is_ours
from bot.observability import ACK_SECONDS, SENDS, WEBHOOKS, NowAndThen, bound
from bot.whatsapp.borders import find_moved_border
from bot.whatsapp.inbound import BadInputError, parse_inbound, parse_status
from bot.whatsapp.paths import INBOUND_PATH, STATUS_PATH
from bot.whatsapp.signature import SignatureChecker, read_form
from db.delivery.codes import MAY_GO_THROUGH_LATER
from db.errors import StoreUnavailableError
from db.outbox import PostgresOutbox
from db.records import FAILED, DeliveryStatus, InboundMessage, Reply
from db.store import ChatStore

log = logging.getLogger(__name__)

# A small bound for what people write; Twilio's own forms are a few KB.
LARGEST_BODY = 64 * 1024
NOTHING_TO_SAY = str(MessagingResponse())
# XML has no way to write these, not even escaped: https://www.w3.org/TR/xml/#charsets
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class RefusedError(Exception):
    """A webhook that is answered with an error; the text is safe to show."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The two endpoints that Twilio calls.

    What was sent to another number than ours is refused, unless it came through our
    Messaging Service. `answer_now` makes the replies within the webhook where there is
    no worker.
    """

    checker: SignatureChecker
    account_sid: str
    store: ChatStore
    outbox: PostgresOutbox | None = None
    answer_now: Callable[[str], Sequence[Reply]] | None = None
    our_number: str | None = None
    messaging_service_sid: str | None = None
    _now_and_then: NowAndThen = field(default_factory=lambda: NowAndThen(log))

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("whatsapp", __name__)
        # Never a redirect: it would lose the form, and repeat the Host header.
        routes.post(INBOUND_PATH, merge_slashes=False)(self.receive_message)
        routes.post(STATUS_PATH, merge_slashes=False)(self.receive_status)
        routes.register_error_handler(RefusedError, _refuse)
        routes.register_error_handler(BadInputError, self._refuse_input)
        routes.register_error_handler(RequestEntityTooLarge, self._refuse_size)
        routes.register_error_handler(StoreUnavailableError, self._unavailable)
        return routes

    def receive_message(self) -> Response:
        """Take one message in: verified, stored and queued before the 200."""
        began = time.monotonic()
        form = self._read_verified()
        message = parse_inbound(form)
        _refuse_moved_borders(form)
        self._refuse_other_number(message, form.get("MessagingServiceSid"))
        if message.address in {self.our_number, message.our_address}:
            WEBHOOKS.labels("message", "our own").inc()
            log.warning("ignored a message from our own number")
            return twiml(())
        with bound(message_sid=message.message_sid):
            receipt = self.store.record_inbound(message)
            ACK_SECONDS.observe(time.monotonic() - began)
            outcome = "new" if receipt.is_new else "repeated"
            WEBHOOKS.labels("message", outcome).inc()
            chat_id = receipt.chat_id
            log.info("took a message in: %s", outcome, extra={"chat_id": chat_id})
            log.debug("the message says: %s", message.turn.content)
            if chat_id is None or self.answer_now is None:
                return twiml(())
            with bound(chat_id=chat_id):
                return twiml(self.answer_now(chat_id))

    def receive_status(self) -> Response:
        """Take in how far one outbound message got."""
        form = self._read_verified()
        status = parse_status(form, request.args.get("part"))
        _refuse_moved_borders(form)
        with bound(message_sid=status.message_sid):
            known = self.outbox and self.outbox.record_delivery_status(status)
            WEBHOOKS.labels("status", "known" if known else "unknown").inc()
            _tell(status, is_known=bool(known))
        return twiml(())

    def _read_verified(self) -> Mapping[str, str]:
        """Return the form, if Twilio made it. Raises RefusedError."""
        # Each look through Flask's proxy would search for the request anew.
        call: Request = request._get_current_object()  # type: ignore[attr-defined]
        form = read_form(call)
        fault = self.checker.find_fault(call, form)
        if fault is None and form.get("AccountSid") != self.account_sid:
            fault = "another account"
        if fault is not None:
            self._note(fault)
            raise RefusedError(403, f"{fault}: see the README on signatures")
        return form

    def _note(self, fault: str, outcome: str | None = None) -> None:
        WEBHOOKS.labels("refused", outcome or fault).inc()
        self._now_and_then.log(f"refused a webhook: {fault}", path=request.path)

    def _refuse_input(self, error: BadInputError) -> Response:
        self._note(str(error), "bad input")
        return _error(400, str(error))

    def _refuse_size(self, _: RequestEntityTooLarge) -> Response:
        self._note("too large")
        return _error(413, f"the body is larger than {LARGEST_BODY} bytes")

    def _unavailable(self, error: StoreUnavailableError) -> Response:
        """Say that nothing was stored: Twilio's retry or fallback URL comes again."""
        WEBHOOKS.labels("refused", "store unavailable").inc()
        away = f"the store is away, the webhook gets 503: {error}"
        self._now_and_then.log(away, logging.ERROR)
        response = _error(503, "the database is away; nothing was stored")
        response.headers["Retry-After"] = "5"
        return response

    def _refuse_other_number(
        self, message: InboundMessage, came_by: str | None
    ) -> None:
        """Refuse what was sent to another number: the answer would come from ours."""
        if message.our_address is None:
            raise BadInputError("To is missing or no WhatsApp address")
        if came_by and came_by == self.messaging_service_sid:
            return
        if self.our_number and message.our_address != self.our_number:
            WEBHOOKS.labels("refused", "another number").inc()
            log.error(
                "refused a message to another number, %s: its webhook leads here",
                message.our_address,
            )
            raise RefusedError(403, "another number: see TWILIO_WHATSAPP_NUMBER")


def _refuse_moved_borders(form: Mapping[str, str]) -> None:
    """Refuse what was cut out of another signed form, as far as can be told.

    A text that only looks so is not lost: Twilio's list, which nobody can cut, has it
    for the next reconciliation.
    """
    moved = find_moved_border(form, request.query_string.decode("latin-1"))
    if moved is not None:
        WEBHOOKS.labels("refused", "moved fields").inc()
        log.error(
            "refused a signed webhook that seems to be cut out of another one: %s; a "
            "genuine message is taken in from Twilio's list within minutes",
            moved,
            extra={"path": request.path},
        )
        raise RefusedError(403, "moved fields: see the README on signatures")


def twiml(replies: Sequence[Reply]) -> Response:
    """Return TwiML; always text/xml, since Twilio sends text/plain to the user.

    TwiML knows no templates: within a webhook the text that one makes may be sent.
    """
    if not replies:
        return Response(NOTHING_TO_SAY, mimetype="text/xml")
    response = MessagingResponse()
    for reply in replies:
        for part in reply.parts:
            message = response.message()
            message.body(NO_XML.sub("\ufffd", part.body))
            for url in filterfalse(is_ours, part.media):  # nobody serves these here
                message.media(NO_XML.sub("\ufffd", url))
    return Response(str(response), mimetype="text/xml")


def _tell(status: DeliveryStatus, *, is_known: bool) -> None:
    """Log how far a message got, and loudly where it ends without its reader."""
    has_failed = status.status in FAILED and is_known
    if has_failed:
        may_pass = status.error_code in MAY_GO_THROUGH_LATER
        SENDS.labels("refused later" if may_pass else "failed later").inc()
    log.log(
        logging.ERROR if has_failed else logging.INFO,
        "delivery status: %s",
        status.status,
        extra={"known": is_known, "error_code": status.error_code},
    )


def _refuse(error: RefusedError) -> Response:
    return _error(error.status, str(error))


def _error(status: int, reason: str) -> Response:
    """Return TwiML that says nothing to the user; `reason` must be words of ours."""
    body = f"<Response><!-- {reason} --></Response>\n"
    return Response(body, status, mimetype="text/xml")
