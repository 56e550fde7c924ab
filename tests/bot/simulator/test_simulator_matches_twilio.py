"""Holds every answer against Twilio's own API description, where that lies at hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import (
    RequestsOpenAPIRequest,
    RequestsOpenAPIResponse,
)

from tests.bot.simulator.desk import Desk

CHECKOUT = Path(__file__).parents[3]
DESCRIPTION = CHECKOUT.parent / "shared/reference/twilio-messages.openapi.json"
RELATIVE = ("first_page_uri", "next_page_uri", "previous_page_uri", "uri")

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason=f"Twilio's API description is not at {DESCRIPTION}"
)


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    spec = json.loads(DESCRIPTION.read_text())
    _repair(spec)
    return OpenAPI.from_dict(spec)


def _repair(spec: dict[str, Any]) -> None:
    # Repeated fields are sent one by one, and the URIs of pages are relative.
    for path in spec["paths"].values():
        content = path.get("post", {}).get("requestBody", {}).get("content", {})
        form = content.get("application/x-www-form-urlencoded")
        if form and "MediaUrl" in form["schema"].get("properties", {}):
            style = {"style": "form", "explode": True}
            form["encoding"] = {"MediaUrl": style, "PersistentAction": style}
        listed = path.get("get", {}).get("responses", {}).get("200", {})
        schema = listed.get("content", {}).get("application/json", {}).get("schema", {})
        for name in RELATIVE:
            schema.get("properties", {}).get(name, {}).pop("format", None)


def check(
    description: OpenAPI, desk: Desk, method: str, path: str, **more: Any
) -> None:
    with requests.Session() as session:
        request = requests.Request(method, desk.url + path, auth=desk.auth, **more)
        answer = session.send(session.prepare_request(request), timeout=10)
    host = "messaging" if path.startswith("/v2/") else "api"
    assert answer.ok, answer.text
    request.url = f"https://{host}.twilio.com{path}"
    asked = RequestsOpenAPIRequest(request)
    description.validate_request(asked)
    description.validate_response(asked, RequestsOpenAPIResponse(answer))


def account_path(desk: Desk) -> str:
    return f"/2010-04-01/Accounts/{desk.auth[0]}/Messages"


def test_create_answers_as_described(
    description: OpenAPI, desk: Desk, address: str
) -> None:
    form = {
        "To": address,
        "From": "whatsapp:+14155238886",
        "Body": "Hi",
        "StatusCallback": "http://127.0.0.1:9/status?part=1",
    }
    check(description, desk, "POST", f"{account_path(desk)}.json", data=form)
    form["MediaUrl"] = "http://127.0.0.1:9/a.png"
    check(description, desk, "POST", f"{account_path(desk)}.json", data=form)


def test_list_and_fetch_answer_as_described(
    description: OpenAPI, desk: Desk, address: str
) -> None:
    inbound = desk.user_says(address)["message_sid"]
    outbound = desk.bot_sends(address, "Hi")["sid"]
    query = {"PageSize": "1"}
    check(description, desk, "GET", f"{account_path(desk)}.json", params=query)
    for sid in (inbound, outbound):
        check(description, desk, "GET", f"{account_path(desk)}/{sid}.json")


def test_media_answer_as_described(
    description: OpenAPI, desk: Desk, address: str
) -> None:
    files = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    form = {"from": address}
    sid = desk.phone("POST", "messages", data=form, files=files).json()["message_sid"]
    path = f"{account_path(desk)}/{sid}/Media"
    [media] = desk.rest("GET", f"{path}.json").json()["media_list"]
    check(description, desk, "GET", f"{path}.json")
    check(description, desk, "GET", f"{path}/{media['sid']}.json")
    check(description, desk, "DELETE", f"{path}/{media['sid']}.json")


def test_typing_answers_as_described(
    description: OpenAPI, desk: Desk, address: str
) -> None:
    sid = desk.user_says(address)["message_sid"]
    form = {"channel": "whatsapp", "messageId": sid}
    check(description, desk, "POST", "/v2/Indicators/Typing.json", data=form)
