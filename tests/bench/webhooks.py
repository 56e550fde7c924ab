"""Requests as Twilio sends them, as bytes made and signed before the clock starts."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

ACCOUNT = "AC" + "0b" * 16
TOKEN = "token-of-the-bench"
BOT = "whatsapp:+14155238886"
PUBLIC = "https://bot.example.com"
INBOUND_URL = PUBLIC + "/webhooks/whatsapp"
SMALL_TALK = "could you tell me when the shop opens on Saturday?"


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


def address_of(user: int) -> str:
    return f"whatsapp:+1555{user:07d}"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An inbound message: the token in its text, and the request's bytes."""

    token: str
    request: bytes


def new_webhook(user: int) -> Webhook:
    """Return the next message of a user, in the fields that Twilio sends."""
    sid = new_sid()
    token = sid[2:14]
    form = inbound_form(user, sid, f"{token} {SMALL_TALK}")
    return Webhook(token, signed_post(INBOUND_URL, form))


def webhooks_of(users: int, count: int) -> Iterator[Webhook]:
    """Return `count` messages of so many users, in turns."""
    return (new_webhook(number % users) for number in range(count))


def inbound_form(user: int, sid: str, text: str) -> dict[str, str]:
    digits = address_of(user).removeprefix("whatsapp:+")
    context = f'{{"ProfileName":"Ana","WaId":"{digits}"}}'
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Ana",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": digits,
        "SmsStatus": "received",
        "Body": text,
        "To": BOT,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "ChannelMetadata": f'{{"type":"whatsapp","data":{{"context":{context}}}}}',
        "From": address_of(user),
        "ApiVersion": "2010-04-01",
    }


def status_form(sid: str, status: str, to: str) -> dict[str, str]:
    return {
        "ApiVersion": "2010-04-01",
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": ACCOUNT,
        "From": BOT,
        "To": to,
    }


def signed_post(url: str, form: Mapping[str, str]) -> bytes:
    """Return a POST of the form, signed for the public `url`."""
    called = urlsplit(url)
    path = called.path + (f"?{called.query}" if called.query else "")
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\n"
        f"Host: {called.netloc}\r\n"
        "User-Agent: TwilioProxy/1.1\r\n"
        "Accept: */*\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {_sign(url, form)}\r\n"
        "\r\n"
        f"{body}"
    ).encode()


def _sign(url: str, form: Mapping[str, str]) -> str:
    """Sign as Twilio documents it.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    text = url + "".join(name + value for name, value in sorted(form.items()))
    digest = hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
