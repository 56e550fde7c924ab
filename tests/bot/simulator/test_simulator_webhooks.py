import json

import pytest
from flask import Response
from twilio.request_validator import RequestValidator

from tests.bot.simulator.desk import ACCOUNT, NUMBER, TOKEN, Desk, desk_at
from tests.bot.simulator.scripted_bot import Received, ScriptedBot

NOBODY_LISTENS = "http://127.0.0.1:9/webhook"


def is_signed(got: Received) -> bool:
    signature = got.headers["X-Twilio-Signature"]
    return bool(RequestValidator(TOKEN).validate(got.url, got.form, signature))


def refuses() -> Response:
    return Response("no", status=503)


def test_a_webhook_carries_what_twilio_sends(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    said = desk.user_says(address, "Hola 👋 & more", profile_name="Ana")
    assert said["webhook_status"] == 200
    assert said["error"] is None
    [got] = bot.inbound_from(address)
    assert got.url == bot.webhook_url
    sid = said["message_sid"]
    expected = {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT,
        "From": address,
        "To": NUMBER,
        "Body": "Hola 👋 & more",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "ProfileName": "Ana",
        "WaId": address.removeprefix("whatsapp:+"),
        "MessageType": "text",
        "ReferralNumMedia": "0",
    }
    assert {name: got.form[name] for name in expected} == expected
    context = json.loads(got.form["ChannelMetadata"])["data"]["context"]
    assert context == {"ProfileName": "Ana", "WaId": expected["WaId"]}
    assert got.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_a_webhook_is_signed_over_its_exact_url(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address, " spaces stay ", profile_name="Zoë")
    [got] = bot.inbound_from(address)
    assert is_signed(got)
    got.form["Body"] = got.form["Body"].strip()
    assert not is_signed(got)


def test_a_user_without_a_number_has_an_id(desk: Desk, bot: ScriptedBot) -> None:
    address = "whatsapp:DE.Abc123"
    desk.user_says(address)
    [got] = bot.inbound_from(address)
    assert got.form["ExternalUserId"] == address
    assert "WaId" not in got.form


def test_extra_fields_replace_extend_and_remove(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    extra = {"AccountSid": "ACother", "ButtonText": "Yes", "WaId": None, "Body": "\0"}
    desk.user_says(address, extra=extra)
    [got] = bot.inbound_from(address)
    assert (got.form["AccountSid"], got.form["ButtonText"]) == ("ACother", "Yes")
    assert "WaId" not in got.form
    assert got.form["Body"] == "\0"
    assert is_signed(got)


def test_a_location_is_shared(desk: Desk, bot: ScriptedBot, address: str) -> None:
    place = {"latitude": 52.5, "longitude": 13.4, "label": "Office"}
    desk.user_says(address, "", location=place)
    [got] = bot.inbound_from(address)
    assert got.form["MessageType"] == "location"
    assert (got.form["Latitude"], got.form["Longitude"]) == ("52.5", "13.4")
    assert got.form["Label"] == "Office"


@pytest.mark.parametrize("latitude", [91, -91, "x", float("nan"), float("inf")])
def test_a_place_off_the_earth_is_refused(
    desk: Desk, address: str, latitude: float
) -> None:
    place = {"latitude": latitude, "longitude": 1}
    form = {"from": address, "location": json.dumps(place)}
    refused = desk.phone("POST", "messages", data=form)
    assert refused.status_code == 400
    assert "in degrees" in refused.json()["error"]


def test_a_reply_names_what_it_replies_to(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    mine = desk.user_says(address)["message_sid"]
    theirs = desk.bot_sends(address, "Rye or wheat?")["sid"]
    for sid, sender in ((mine, address), (theirs, NUMBER)):
        said = desk.user_says(address, "This", reply_to=sid)["message_sid"]
        form = bot.inbound_from(address)[-1].form
        assert form["OriginalRepliedMessageSid"] == sid
        assert form["OriginalRepliedMessageSender"] == sender
        shown = desk.conversation(address)["messages"][-1]
        assert (shown["sid"], shown["reply_to"]) == (said, sid)


def test_only_what_stands_in_the_conversation_is_replied_to(
    desk: Desk, address: str
) -> None:
    others = desk.user_says("whatsapp:+15550009999")["message_sid"]
    for sid in (others, "SM" + "0" * 32):
        form = {"from": address, "body": "This", "reply_to": sid}
        refused = desk.phone("POST", "messages", json=form)
        assert refused.status_code == 400
        assert "no message of this conversation" in refused.json()["error"]


@pytest.mark.parametrize("body", ["", " \n"])
def test_nothing_at_all_is_not_sent(desk: Desk, address: str, body: str) -> None:
    form = {"from": address, "body": body}
    refused = desk.phone("POST", "messages", json=form)
    assert refused.status_code == 400
    assert "nothing to send" in refused.json()["error"]


def test_a_repeated_sid_is_posted_again_and_shown_once(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    sid = desk.user_says(address)["message_sid"]
    desk.user_says(address, message_sid=sid)
    assert [got.form["MessageSid"] for got in bot.inbound_from(address)] == [sid, sid]
    assert desk.bodies(address) == ["Hello"]


def test_a_refusing_bot_is_not_asked_again_by_default(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_answer(refuses())
    said = desk.user_says(address)
    assert said["webhook_status"] == 503
    assert said["error"] == "The bot answered 503: not delivered."
    assert len(bot.inbound_from(address)) == 1
    [message] = desk.conversation(address)["messages"]
    assert (message["status"], message["error_code"]) == ("failed", 11200)


def test_a_refused_message_is_read_only_when_the_bot_names_it(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    bot.will_answer(refuses())
    refused = desk.user_says(address)["message_sid"]
    desk.user_says(address)
    desk.bot_sends(address, "About your second message")
    assert desk.statuses(address)[:2] == ["failed", "read"]
    desk.bot_types(refused)
    assert desk.statuses(address)[:2] == ["read", "read"]


@pytest.mark.parametrize(
    ("overrides", "attempts"),
    [("#rc=3&rp=all", 3), ("#rc=1&rp=5xx", 2), ("#rc=3&rp=ct,4xx", 1), ("#rc=0", 1)],
)
def test_connection_overrides_decide_on_retries(
    bot: ScriptedBot, address: str, overrides: str, attempts: int
) -> None:
    bot.will_answer(refuses(), refuses())
    with desk_at(bot.webhook_url + overrides) as desk:
        desk.user_says(address)
    received = bot.inbound_from(address)
    assert len(received) == attempts
    assert all(is_signed(got) for got in received)
    assert len({got.headers["I-Twilio-Idempotency-Token"] for got in received}) == 1


def test_an_unreachable_bot_is_told_clearly(address: str) -> None:
    with desk_at(NOBODY_LISTENS) as desk:
        said = desk.user_says(address)
        [message] = desk.conversation(address)["messages"]
    assert said["webhook_status"] is None
    assert said["error"] == (
        "The bot can't be reached at http://127.0.0.1:9: not delivered."
    )
    assert message["error_code"] == 11205
