"""A stand-in for what Twilio's API tells of an account: the JSON of its documentation.

https://www.twilio.com/docs/iam/api/account ,
https://www.twilio.com/docs/whatsapp/api/senders ,
https://www.twilio.com/docs/messaging/api/service-resource
"""

import base64
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

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
        self._server = _Server(("127.0.0.1", 0), _Endpoint)
        self._server.account = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, user: str, word: str, path: str) -> tuple[int, Mapping[str, Any]]:
        told = self._shapes().get(path)
        if path in self.refused:
            return self.refused[path], {"code": 20003, "message": "planted"}
        if word not in self.passwords.get(user, ()):
            return 401, {"code": 20003, "message": f"planted {word}"}
        if told is None:
            return 404, {"code": 20404, "message": "planted"}
        return 200, told

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


def _page(items: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return {key: items, "meta": {"key": key, "next_page_url": None, "page_size": 1000}}


class _Server(ThreadingHTTPServer):
    account: AccountOfTwilio


class _Endpoint(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        encoded = self.headers.get("Authorization", "").removeprefix("Basic ")
        user, _, word = base64.b64decode(encoded).decode().partition(":")
        path = urlsplit(self.path).path
        status, told = self.server.account.answer(user, word, path)
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""
