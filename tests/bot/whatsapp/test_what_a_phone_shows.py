"""What parts say, sent by the bot's client and read on the simulator's phone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.simulator.content.choices import CONTENT_SIDS
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.outcomes import DeliveryError, Outcome
from bot.whatsapp.twilio import TwilioClient
from db.records import Part, Template
from tests.bot.simulator.desk import ACCOUNT, NUMBER, TOKEN, Desk, desk_at

ANA = "whatsapp:+15551230000"
PICTURE = "https://shop.example/order/7.png"
PART = Part(
    "Here it is.",
    part_id=uuid4(),
    reference_id=uuid4(),
    chat_id="0" * 16,
    user_id=uuid4(),
    position=0,
    address=ANA,
    status="sending",
    attempts=1,
    created_at=datetime.now(UTC),
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with desk_at("http://127.0.0.1:9/webhooks/whatsapp") as desk:
        desk.user_says(ANA)
        yield desk


@pytest.fixture
def twilio(desk: Desk) -> TwilioClient:
    account = TwilioAccount(
        account_sid=ACCOUNT,
        auth_tokens=(TOKEN,),
        whatsapp_number=NUMBER,
        api_base_url=desk.url,
    )
    return TwilioClient(account, "http://127.0.0.1:9")


def shown(desk: Desk) -> dict[str, Any]:
    """The last message on Ana's phone."""
    return dict(desk.conversation(ANA)["messages"][-1])


def test_a_picture_comes_with_its_words(desk: Desk, twilio: TwilioClient) -> None:
    part = replace(PART, media=(PICTURE,))
    sent = twilio.send_part(part)
    message = shown(desk)
    assert (message["sid"], message["body"]) == (sent.message_sid, "Here it is.")
    assert [media["name"] for media in message["media"]] == ["7.png"]
    found = twilio.find_sent(part, datetime.now(UTC) - timedelta(minutes=1))
    assert [accepted.message_sid for accepted in found] == [sent.message_sid]


def test_a_picture_needs_no_words(desk: Desk, twilio: TwilioClient) -> None:
    twilio.send_part(replace(PART, body="", media=(PICTURE,)))
    message = shown(desk)
    assert (message["body"], len(message["media"])) == ("", 1)


def test_a_template_is_sent_with_its_variables(
    desk: Desk, twilio: TwilioClient
) -> None:
    template = Template("HX" + "0" * 32, {"1": "Ana", "2": '"7"'})
    twilio.send_part(replace(PART, template=template))
    told = shown(desk)["body"]
    assert told.startswith(f"[template {template.content_sid}] ")
    assert json.loads(told.partition("] ")[2]) == {"1": "Ana", "2": '"7"'}


def test_choices_are_tapped_and_come_back(desk: Desk, twilio: TwilioClient) -> None:
    variables = {"1": "Which?", "2": "Rye", "3": "Rye", "4": "Oat", "5": "Oat"}
    template = Template(CONTENT_SIDS[2], variables)
    part = replace(PART, body="Which?", template=template)
    sent = twilio.send_part(part)
    message = shown(desk)
    assert message["body"] == "Which?"
    choice = {"kind": "button", "text": "Oat", "payload": "Oat"}
    assert message["choices"][1] == choice
    found = twilio.find_sent(part, datetime.now(UTC) - timedelta(minutes=1))
    assert [accepted.message_sid for accepted in found] == [sent.message_sid]
    desk.user_says(ANA, choice=choice, reply_to=sent.message_sid)
    fields = {"ButtonText": "Oat", "ButtonPayload": "Oat"}
    assert shown(desk)["fields"] == fields


def test_a_template_whose_variables_are_others_is_refused_for_good(
    twilio: TwilioClient,
) -> None:
    template = Template(CONTENT_SIDS[2], {"1": "Which?"})
    with pytest.raises(DeliveryError) as refused:
        twilio.send_part(replace(PART, body="Which?", template=template))
    assert (refused.value.outcome, refused.value.code) == (Outcome.PERMANENT, 21656)


def test_more_media_than_twilio_takes_are_refused_for_good(
    twilio: TwilioClient,
) -> None:
    with pytest.raises(DeliveryError) as refused:
        twilio.send_part(replace(PART, media=(PICTURE,) * 11))
    assert (refused.value.outcome, refused.value.code) == (Outcome.PERMANENT, 21623)
