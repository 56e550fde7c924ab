"""A stand-in for what Twilio's API tells of an account: the JSON of its documentation.

https://www.twilio.com/docs/iam/api/account ,
https://www.twilio.com/docs/whatsapp/api/senders ,
https://www.twilio.com/docs/messaging/api/service-resource
"""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.listening import Request, Response, answering

SID = "AC" + "0a" * 16
KEY = "SK" + "0b" * 16
SERVICE = "MG" + "0c" * 16
NUMBER = "whatsapp:+15550001111"
CALLED = "https://bot.example.com/webhooks/whatsapp#rc=3&rp=all"


class AccountOfTwilio:
    """Answers whoever has the credentials; all that it tells may be changed."""

    def __init__(self) -> None:
        self.passwords = {SID: {"a-token"}, KEY: {"a-secret"}}
        self.status = "active"
        self.webhook: dict[str, Any] = {
            "callback_url": CALLED, "callback_method": "POST",
        }  # fmt: skip
        self.senders = [NUMBER]
        self.sender_status = "ONLINE"
        self.service: dict[str, Any] = {
            "inbound_request_url": CALLED,
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": False,
        }
        self.in_service = [NUMBER]
        self.refused: dict[str, int] = {}
        self.url = ""

    def answer(self, request: Request) -> Response:
        encoded = request.headers.get("Authorization", "").removeprefix("Basic ")
        user, _, word = base64.b64decode(encoded).decode().partition(":")
        path = urlsplit(request.path).path
        told = self._shapes().get(path)
        if path in self.refused:
            return _refusal(self.refused[path], 20003)
        if word not in self.passwords.get(user, ()):
            return _refusal(401, 20003, word)
        return _refusal(404, 20404) if told is None else Response(200, told)

    def _shapes(self) -> dict[str, Mapping[str, Any]]:
        account = f"/2010-04-01/Accounts/{SID}"
        senders = [self._sender(number) for number in self.senders]
        members = [{"sid": "XE1", "sender": number} for number in self.in_service]
        service = f"/v1/Services/{SERVICE}"
        return {
            f"{account}.json": {"sid": SID, "status": self.status, "type": "Full"},
            f"{account}/Messages.json": {"messages": [], "next_page_uri": None},
            "/v2/Channels/Senders": _page(senders, "senders"),
            service: {"sid": SERVICE, **self.service},
            f"{service}/ChannelSenders": _page(members, "senders"),
        }

    def _sender(self, number: str) -> dict[str, Any]:
        known = {"sid": "XE1", "sender_id": number, "status": self.sender_status}
        return {**known, "webhook": self.webhook}


def _refusal(status: int, code: int, word: str = "") -> Response:
    return Response(status, {"code": code, "message": f"planted {word}"})


def _page(items: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return {key: items, "meta": {"key": key, "next_page_url": None, "page_size": 1000}}


@contextmanager
def account_of_twilio() -> Iterator[AccountOfTwilio]:
    account = AccountOfTwilio()
    with answering(account.answer) as account.url:
        yield account
