"""Which requests are really from Twilio."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import EnvironBuilder

from bot.whatsapp.signature import SignatureChecker, read_form
from tests.bot.whatsapp.twilio_calls import INBOUND, PUBLIC, STATUS, TOKEN, Form, sign

FORM = {"MessageSid": "SM1", "Body": "Hola \U0001f44b", "MediaUrl0": "", "from": "a"}
# https://www.twilio.com/docs/usage/security#validating-requests
DOCUMENTED_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
DOCUMENTED_SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="
NO_HEADERS: Mapping[str, str] = {}


def fault_of(
    signature: str | None,
    form: Form | None = None,
    *,
    path: str = INBOUND,
    tokens: tuple[str, ...] = (TOKEN,),
    public: str = PUBLIC,
    headers: Mapping[str, str] = NO_HEADERS,
) -> str | None:
    """What the checker says of a request that reached the process as http."""
    given = Headers(headers)
    if signature is not None:
        given["X-Twilio-Signature"] = signature
    data = MultiDict(FORM if form is None else form)
    made = EnvironBuilder(path, method="POST", data=data, headers=given)
    request = Request(made.get_environ())
    return SignatureChecker(tokens, public).find_fault(request, read_form(request))


def test_the_documented_example_is_genuine() -> None:
    fault = fault_of(
        DOCUMENTED_SIGNATURE,
        DOCUMENTED_FORM,
        path="/myapp.php?foo=1&bar=2",
        tokens=("12345",),
        public="https://example.com",
    )
    assert fault is None


def test_a_request_that_twilio_signed_is_genuine() -> None:
    assert fault_of(sign(PUBLIC + INBOUND, FORM)) is None


@pytest.mark.parametrize("token", ["old", "new"])
def test_each_of_several_tokens_is_good(token: str) -> None:
    signature = sign(PUBLIC + INBOUND, FORM, token)
    assert fault_of(signature, tokens=("old", "new")) is None
    assert fault_of(signature, tokens=("other", "another")) == "wrong signature"


@pytest.mark.parametrize("signature", [None, ""])
def test_a_missing_signature_is_said_to_be_missing(signature: str | None) -> None:
    assert fault_of(signature) == "missing signature"


@pytest.mark.parametrize(
    "signature",
    ["x", "\u00e9" * 28, "\u00ff", "=" * 28, "a" * 5000, DOCUMENTED_SIGNATURE],
)
def test_a_wrong_signature_is_no_crash(signature: str) -> None:
    assert fault_of(signature) == "wrong signature"


@pytest.mark.parametrize(
    "tampered",
    [
        FORM | {"Body": "Hola"},
        FORM | {"MessageSid": "SM2"},
        FORM | {"More": "1"},
        FORM | {"Body": "Hola \U0001f44b "},
        {"MessageSid": "SM1"},
        {},
        MultiDict([*FORM.items(), ("Body", "and more")]),
    ],
)
def test_a_changed_form_is_not_genuine(tampered: Form) -> None:
    assert fault_of(sign(PUBLIC + INBOUND, FORM), tampered) == "wrong signature"


@pytest.mark.parametrize(
    "url",
    [
        f"{PUBLIC}{STATUS}",
        f"{PUBLIC}{INBOUND}/",
        f"{PUBLIC}{INBOUND}?",
        f"http://bot.example.com{INBOUND}",
        f"https://other.example.com{INBOUND}",
        f"http://localhost{INBOUND}",
        f"{PUBLIC}{INBOUND}#rc=3",
    ],
)
def test_a_signature_for_another_address_is_wrong(url: str) -> None:
    assert fault_of(sign(url, FORM)) == "wrong signature"


@pytest.mark.parametrize(
    "query", ["part=6b1f2a3c", "a=1&b=%C3%A9&a=2", "q=a+b%20c", "%", "part="]
)
def test_the_query_is_signed_as_it_was_written(query: str) -> None:
    path = f"{STATUS}?{query}"
    assert fault_of(sign(PUBLIC + path, FORM), path=path) is None
    assert fault_of(sign(PUBLIC + STATUS, FORM), path=path) == "wrong signature"
    assert fault_of(sign(PUBLIC + path, FORM), path=STATUS) == "wrong signature"


def test_a_public_address_may_have_a_path() -> None:
    public = "https://example.com/bots/one"
    assert fault_of(sign(public + INBOUND, FORM), public=public) is None


FORGED = {
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=http",
    "Host": "evil.example",
    "X-Original-URL": "/evil",
}


def test_forwarded_headers_change_nothing() -> None:
    assert fault_of(sign(PUBLIC + INBOUND, FORM), headers=FORGED) is None
    for url in ("http://evil.example", "https://evil.example:1/evil"):
        assert fault_of(sign(url + INBOUND, FORM), headers=FORGED) == "wrong signature"


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://bot.example.com", "https://bot.example.com:443"),
        ("https://bot.example.com:443", "https://bot.example.com"),
        ("https://bot.example.com:8443", "https://bot.example.com:8443"),
        ("https://bot.example.com:8443", "https://bot.example.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_twilio_may_sign_with_or_without_the_port(public: str, signed: str) -> None:
    assert fault_of(sign(signed + INBOUND, FORM), public=public) is None


def test_another_port_is_another_address() -> None:
    assert fault_of(sign(f"{PUBLIC}:8443{INBOUND}", FORM)) == "wrong signature"


@pytest.mark.parametrize(
    "form",
    [
        MultiDict([("a", "2"), ("a", "1"), ("a", "2"), ("b", "")]),
        {"B": "1", "a": "2", "A": "3", "_": "4", "\u00e9": "5"},
        {"Body": "  blanks are kept \r\n"},
        {"Body": "\u4f60\u597d \U0001f9d1\u200d\U0001f680 e\u0301"},
        {"Body": "a&b=c+d%20"},
        {"Body": "\x00\x01\x7f"},
        {},
    ],
)
def test_every_kind_of_form_can_be_signed(form: Form) -> None:
    assert fault_of(sign(PUBLIC + INBOUND, form), form) is None


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded ;charset=utf-8",
    ],
)
def test_a_form_is_read_however_its_kind_is_written(content_type: str) -> None:
    made = EnvironBuilder(
        INBOUND, method="POST", data=urlencode(FORM), content_type=content_type
    )
    assert read_form(Request(made.get_environ())) == FORM


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", ""])
def test_what_is_no_form_has_no_fields(content_type: str) -> None:
    made = EnvironBuilder(
        INBOUND, method="POST", data=urlencode(FORM), content_type=content_type
    )
    assert not read_form(Request(made.get_environ()))


# An independent signer: Twilio's library for Node

NODE_SCRIPT = """
const { getExpectedTwilioSignature } = require("twilio/lib/webhooks/webhooks");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(
  ({ token, url, form }) => getExpectedTwilioSignature(token, url, form))));
"""
NODE_CASES: list[dict[str, Any]] = [
    {"token": TOKEN, "path": INBOUND, "form": FORM},
    {"token": TOKEN, "path": f"{STATUS}?part=6b1f&x=%C3%A9", "form": FORM},
    {
        "token": "t\u00f6ken",
        "path": INBOUND,
        "form": {"Body": "\u4f60\u597d \U0001f44b"},
    },
    {"token": TOKEN, "path": INBOUND, "form": {"B": "1", "a": "2", "A": "", "b": " "}},
    {"token": TOKEN, "path": INBOUND, "form": {"a": ["2", "1", "2"], "b": "x"}},
    {"token": TOKEN, "path": INBOUND, "form": {}},
]


def signed_by_node(cases: list[dict[str, Any]]) -> list[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: there is no independent signer")
    command = [node, "--eval", NODE_SCRIPT]
    environment = {k: os.environ[k] for k in ("PATH", "NODE_PATH") if k in os.environ}
    ended = subprocess.run(
        command,
        input=json.dumps(cases),
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if "Cannot find module 'twilio" in ended.stderr:
        pytest.skip("npm's twilio is not found: install it and set NODE_PATH")
    assert ended.returncode == 0, ended.stderr
    signatures: list[str] = json.loads(ended.stdout)
    return signatures


def as_multi_dict(form: dict[str, Any]) -> MultiDict[str, str]:
    return MultiDict(form)


def test_what_twilios_library_for_node_signs_is_genuine() -> None:
    cases = [{**case, "url": PUBLIC + case["path"]} for case in NODE_CASES]
    for case, signature in zip(cases, signed_by_node(cases), strict=True):
        form, tokens = as_multi_dict(case["form"]), (case["token"],)
        assert fault_of(signature, form, path=case["path"], tokens=tokens) is None, case
