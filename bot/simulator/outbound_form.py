"""Reads a request to send a message, and refuses what Twilio refuses.

Source: https://www.twilio.com/docs/messaging/api/message-resource
"""

from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import TwilioError
from bot.simulator.records import Message, is_address, new_sid, now
from bot.simulator.switchboard import outbound_media

MOST_CHARACTERS = 1600
MOST_MEDIA = 10


def parse_outbound(form: MultiDict[str, str], config: SimulatorConfig) -> Message:
    """Make the message that `form` asks for; raises TwilioError."""
    _check_addresses(form, config)
    _check_content(form)
    callback = form.get("StatusCallback")
    if callback is not None and not _is_callback_url(callback):
        raise TwilioError(21609, callback)
    media_urls = tuple(form.getlist("MediaUrl"))
    service_sid = form.get("MessagingServiceSid")
    sid = new_sid("MM" if media_urls else "SM")
    moment = now()
    return Message(
        sid=sid,
        address=form["To"],
        direction="outbound-api",
        body=form.get("Body") or _template_text(form),
        status="accepted" if service_sid else "queued",
        created_at=moment,
        updated_at=moment,
        media=outbound_media(sid, media_urls),
        status_callback=callback,
        messaging_service_sid=service_sid,
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
