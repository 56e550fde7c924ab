"""Requests as Twilio makes them: a form, signed for the public address."""

import base64
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

ACCOUNT = "AC" + "0a" * 16
TOKEN = "token-of-the-tests"
PUBLIC = "https://bot.example.com"
ANA = "whatsapp:+15551230000"
BOT = "whatsapp:+14155238886"
INBOUND = "/webhooks/whatsapp"
STATUS = "/webhooks/whatsapp/status"

Form = Mapping[str, str] | MultiDict[str, str]


def sign(url: str, form: Form, token: str = TOKEN, hash_: str = "sha1") -> str:
    """Sign as Twilio documents it, written down here a second time.

    https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    pairs = sorted(set(MultiDict(form).items(multi=True)))
    text = url + "".join(name + value for name, value in pairs)
    digest = hmac.new(token.encode(), text.encode(), hash_).digest()
    return base64.b64encode(digest).decode()


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


def text_form(body: str = "Hi", **more: str) -> dict[str, str]:
    sid = more.get("MessageSid", new_sid())
    return {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": ANA,
        "To": BOT,
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Ana",
        **more,
    }


def call(
    app: Flask, form: Form, path: str = INBOUND, token: str = TOKEN, **more: Any
) -> TestResponse:
    """Call a webhook as Twilio does, which knows the public address only."""
    headers = {"X-Twilio-Signature": sign(PUBLIC + path, form, token)}
    headers |= more.pop("headers", {})
    return app.test_client().post(path, data=MultiDict(form), headers=headers, **more)
