"""What the bot asks to send: by a REST request, or by TwiML in a webhook's answer.

Sources: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/messaging/twiml
"""

import mimetypes
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from werkzeug.datastructures import MultiDict

from bot.simulator.content.choices import read_choices
from bot.simulator.faults import TwilioError
from bot.simulator.records import (
    Direction,
    Media,
    Message,
    SimulatorConfig,
    is_address,
    new_sid,
    now,
)

MOST_CHARACTERS = 1600
MOST_MEDIA = 10
XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


class TwimlError(ValueError):
    """The answer is no TwiML; Twilio's error 12100 or 12300."""


def parse_outbound(form: MultiDict[str, str], config: SimulatorConfig) -> Message:
    """Make the message that `form` asks for; raises TwilioError."""
    _check_addresses(form, config)
    _check_content(form)
    callback = form.get("StatusCallback")
    if callback is not None and not _is_callback_url(callback):
        raise TwilioError(21609, callback)
    offered = read_choices(form)
    body = offered[0] if offered else form.get("Body") or _template_text(form)
    media_urls = form.getlist("MediaUrl")
    message = _message("outbound-api", form["To"], body, media_urls, callback)
    message = replace(message, content_sid=form.get("ContentSid"))
    if offered:
        message = replace(message, choices=offered[1])
    service_sid = form.get("MessagingServiceSid")
    if not service_sid:
        return message
    return replace(message, status="accepted", messaging_service_sid=service_sid)


def parse_replies(address: str, content_type: str, text: str) -> list[Message]:
    """Make the messages to `address` that a webhook's answer asks for.

    Plain text is itself one. Raises TwimlError.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if not text.strip():
        return []
    if kind == "text/plain":
        return [_message("outbound-reply", address, text, (), None)]
    if kind not in XML_TYPES:
        raise TwimlError(f"the answer is {kind or 'of no type'}, not text/xml (12300)")
    return [_parse_reply(address, item) for item in _root(text).findall("Message")]


def _message(
    direction: Direction,
    address: str,
    body: str,
    media_urls: Sequence[str],
    callback: str | None,
) -> Message:
    sid = new_sid("MM" if media_urls else "SM")
    moment = now()
    return Message(
        sid=sid,
        address=address,
        direction=direction,
        body=body,
        status="queued",
        created_at=moment,
        updated_at=moment,
        media=tuple(_media(sid, url) for url in media_urls),
        status_callback=callback,
    )


def _media(message_sid: str, url: str) -> Media:
    return Media(
        sid=new_sid("ME"),
        message_sid=message_sid,
        content_type=mimetypes.guess_type(url)[0] or "application/octet-stream",
        name=url.rpartition("/")[2] or url,
        source_url=url,
    )


def _check_addresses(form: MultiDict[str, str], config: SimulatorConfig) -> None:
    to, sender = form.get("To", ""), form.get("From", "")
    if not to:
        raise TwilioError(21604)
    if not sender and not form.get("MessagingServiceSid"):
        raise TwilioError(21603)
    if not is_address(to):
        raise TwilioError(21211, to)
    if sender and sender != config.number:
        raise TwilioError(63007 if sender.startswith("whatsapp:") else 21606, sender)


def _check_content(form: MultiDict[str, str]) -> None:
    body = form.get("Body")
    media_count = len(form.getlist("MediaUrl"))
    if media_count > MOST_MEDIA:
        raise TwilioError(21623)
    if not media_count and "ContentSid" not in form:
        if body is None:
            raise TwilioError(21619)
        if not body.strip():
            raise TwilioError(21602)
    if body is not None and len(body) > MOST_CHARACTERS:
        raise TwilioError(21617)


def _is_callback_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in host


def _template_text(form: MultiDict[str, str]) -> str:
    if "ContentSid" not in form:
        return ""
    return f"[template {form['ContentSid']}] {form.get('ContentVariables', '')}".strip()


def _root(text: str) -> ET.Element:
    try:
        # The text is the bot's own, at most 64 KB, and expat bounds entities.
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise TwimlError(f"the answer is no XML: {error} (12100)") from None
    if root.tag != "Response":
        raise TwimlError(f"the answer is <{root.tag}>, not <Response> (12100)")
    return root


def _parse_reply(address: str, element: ET.Element) -> Message:
    bodies = [element.text or "", *(body.text or "" for body in element.iter("Body"))]
    media = [each.text.strip() for each in element.iter("Media") if each.text]
    callback = element.get("statusCallback")
    return _message("outbound-reply", address, "".join(bodies).strip(), media, callback)
