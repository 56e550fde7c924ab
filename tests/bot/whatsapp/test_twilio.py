"""What the bot asks of Twilio's REST API, held against Twilio's own description."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.outcomes import DeliveryError
from bot.whatsapp.twilio import Price, TwilioClient
from db.records import Part, Template
from tests.listening import Request, Response, answering
from tests.ports import free_port

SHARED = Path(__file__).parents[3].parent / "shared"
DESCRIPTION = SHARED / "reference" / "twilio-messages.openapi.json"
SERVICE = "MG" + "1" * 32
ACCOUNT = "AC" + "0" * 32
SID = "SM" + "2" * 32
NUMBER = "whatsapp:+14155238886"


@dataclass
class RecordingTwilio:
    """Answers as it is told and keeps what it was asked."""

    status: int = 201
    body: dict[str, Any] = field(default_factory=dict)
    media: dict[str, Any] = field(default_factory=dict)
    requests: list[MockRequest] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        path, _, query = request.path.partition("?")
        host = "messaging" if path.startswith("/v2") else "api"
        asked = MockRequest(
            f"https://{host}.twilio.com",
            request.method.lower(),
            path,
            args=dict(parse_qs(query)),
            headers=dict(request.headers),
            data=request.body,
            content_type=request.headers.get("Content-Type", ""),
        )
        self.requests.append(asked)
        return Response(self.status, self.media if "/Media" in path else self.body)


def client(origin: str, messaging_service_sid: str | None = None) -> TwilioClient:
    twilio = TwilioAccount(
        account_sid=ACCOUNT,
        auth_tokens=("first", "second"),
        whatsapp_number=NUMBER,
        api_base_url=origin,
        messaging_service_sid=messaging_service_sid,
    )
    return TwilioClient(twilio, "https://bot.example")


PART = Part(
    part_id=uuid4(),
    reference_id=uuid4(),
    chat_id="0" * 16,
    user_id=uuid4(),
    position=0,
    address="whatsapp:+15551230000",
    body="Hello & good *morning* ☕",
    status="sending",
    attempts=1,
    created_at=datetime.now(UTC),
)


def message(**more: object) -> dict[str, object]:
    made = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return {
        "sid": SID,
        "status": "queued",
        "direction": "outbound-api",
        "date_created": made,
        "body": PART.body,
        **more,
    }


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    """Twilio's description; its forms repeat a field for each of several values."""
    if not DESCRIPTION.exists():
        pytest.skip("Twilio's API description does not lie beside this checkout")
    spec = json.loads(DESCRIPTION.read_text())
    for operations in spec["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                for content in operation["requestBody"]["content"].values():
                    exploded = {"style": "form", "explode": True}
                    names = ("MediaUrl", "PersistentAction")
                    content["encoding"] = dict.fromkeys(names, exploded)
    return OpenAPI.from_dict(spec)


def test_every_kind_of_request_is_one_that_twilio_describes(
    description: OpenAPI,
) -> None:
    twilio = RecordingTwilio(body=message())
    with answering(twilio.answer) as origin:
        client(origin).send_part(PART)
        client(origin, SERVICE).send_part(replace(PART, our_address=OTHER))
        client(origin).send_part(replace(PART, media=("https://shop.example/1.png",)))
        template = Template("HX" + "7" * 32, {"1": "Ana"})
        client(origin).send_part(replace(PART, template=template))
        twilio.status = 200
        twilio.body = {"messages": [message()]}
        client(origin).find_sent(PART, datetime.now(UTC) - timedelta(minutes=1))
        twilio.body = {"messages": [message(direction="inbound", num_media="1")]}
        twilio.media = {"media_list": [PICTURE]}
        client(origin).find_received(datetime.now(UTC) - timedelta(minutes=1))
        client(origin).show_typing(SID)
    for request in twilio.requests:
        description.validate_request(request)
    paths = [request.path for request in twilio.requests]
    assert paths == [*[MESSAGES] * 6, f"{MEDIA}.json", "/v2/Indicators/Typing.json"]


ANA = "whatsapp:+15551230000"
OTHER = "whatsapp:+14155550000"  # another number of the service
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
MEDIA = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media"
PICTURE = {"content_type": "image/png", "uri": f"{MEDIA}/ME1.json"}


def test_what_users_sent_is_read_with_its_media() -> None:
    lost = message(
        direction="inbound", num_media="1", body="", **{"from": ANA, "to": OTHER}
    )
    ours = message(sid="SM" + "6" * 32)
    twilio = RecordingTwilio(200, {"messages": [lost, ours]}, {"media_list": [PICTURE]})
    with answering(twilio.answer) as origin:
        since = datetime.now(UTC) - timedelta(minutes=1)
        (found,) = client(origin).find_received(since)
    assert found.form == {
        "MessageSid": SID,
        "From": ANA,
        "To": OTHER,
        "Body": "",
        "NumMedia": "1",
        "MediaContentType0": "image/png",
        "MediaUrl0": f"https://api.twilio.com{MEDIA}/ME1",
    }


def test_the_description_refuses_what_twilio_would_refuse(description: OpenAPI) -> None:
    nobody = MockRequest(
        "https://api.twilio.com",
        "post",
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data=b"Body=to+nobody",
        content_type="application/x-www-form-urlencoded",
    )
    with pytest.raises(Exception, match=r"(?i)error|invalid"):
        description.validate_request(nobody)


@pytest.mark.parametrize(
    ("service", "written_to", "sender"),
    [
        (None, None, {"From": [NUMBER]}),
        (None, OTHER, {"From": [NUMBER]}),
        (SERVICE, None, {"MessagingServiceSid": [SERVICE]}),
        (SERVICE, OTHER, {"MessagingServiceSid": [SERVICE], "From": [OTHER]}),
    ],
)
def test_a_service_answers_from_the_number_that_was_written_to(
    service: str | None, written_to: str | None, sender: dict[str, list[str]]
) -> None:
    twilio = RecordingTwilio(body=message())
    with answering(twilio.answer) as origin:
        client(origin, service).send_part(replace(PART, our_address=written_to))
    form = parse_qs((twilio.requests[0].body or b"").decode())
    names = ("From", "MessagingServiceSid")
    assert {name: form[name] for name in names if name in form} == sender


def test_the_status_callback_carries_the_parts_id() -> None:
    twilio = RecordingTwilio(body=message())
    with answering(twilio.answer) as origin:
        client(origin).send_part(PART)
    form = parse_qs((twilio.requests[0].body or b"").decode())
    callback = f"https://bot.example/webhooks/whatsapp/status?part={PART.part_id}"
    assert form["StatusCallback"] == [callback]


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (429, 20429, "safe"),
        (400, 21211, "permanent"),
        (400, 63016, "permanent"),
        (401, 20003, "refused"),
        (403, 20005, "refused"),
        (403, 21610, "refused"),
        (404, 20404, "refused"),
        (400, 21606, "refused"),
        (400, 63007, "refused"),
        (400, 99999, "refused"),
        (400, None, "refused"),
        (400, 63018, "safe"),
        (500, 20500, "unknown"),
        (503, None, "unknown"),
    ],
)
def test_a_refusal_says_what_it_means_for_the_next_try(
    status: int, code: int | None, outcome: str
) -> None:
    twilio = RecordingTwilio(status, {"code": code, "message": "No.", "status": status})
    with answering(twilio.answer) as origin, pytest.raises(DeliveryError) as caught:
        client(origin).send_part(PART)
    assert (caught.value.outcome, caught.value.code) == (outcome, code)


def test_a_connection_that_was_never_made_is_safe_to_repeat() -> None:
    with pytest.raises(DeliveryError) as caught:
        client(f"http://127.0.0.1:{free_port()}").send_part(PART)
    assert caught.value.outcome == "safe"


def test_an_answer_that_is_no_message_leaves_the_outcome_open() -> None:
    twilio = RecordingTwilio(body={})
    with answering(twilio.answer) as origin, pytest.raises(DeliveryError) as caught:
        client(origin).send_part(PART)
    assert caught.value.outcome == "unknown"


def test_only_our_own_new_messages_with_that_text_count_as_found() -> None:
    old = message(sid="SM" + "3" * 32, date_created="Thu, 24 Aug 2023 05:01:45 +0000")
    other = message(sid="SM" + "4" * 32, body="Something else")
    theirs = message(sid="SM" + "5" * 32, direction="inbound")
    twilio = RecordingTwilio(200, {"messages": [message(), old, other, theirs]})
    with answering(twilio.answer) as origin:
        since = datetime.now(UTC) - timedelta(minutes=1)
        found = client(origin).find_sent(PART, since)
    assert [accepted.message_sid for accepted in found] == [SID]


@pytest.mark.parametrize(
    ("told", "unit", "price"),
    [
        ("-0.00500", "usd", Price(Decimal("0.005"), "USD")),
        ("0", "EUR", Price(Decimal(0), "EUR")),
        (None, "USD", None),
        ("-0.005", None, None),
        ("soon", "USD", None),
        ("NaN", "USD", None),
        ("-1e9", "USD", None),
    ],
)
def test_a_price_is_what_twilio_billed_if_it_tells(
    told: str | None, unit: str | None, price: Price | None
) -> None:
    twilio = RecordingTwilio(200, message(price=told, price_unit=unit))
    with answering(twilio.answer) as origin:
        assert client(origin).find_price(SID) == price


def test_typing_that_fails_says_why() -> None:
    with pytest.raises(DeliveryError, match="can't be reached"):
        client(f"http://127.0.0.1:{free_port()}").show_typing(SID)
