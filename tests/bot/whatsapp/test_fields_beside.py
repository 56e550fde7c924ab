"""What Twilio tells beside a text is kept, bounded, and logged by name only."""

import json

from bot.whatsapp.inbound import parse_inbound
from db.records import Turn
from tests.bot.log_lines import recorded_log

ORDINARY = {
    "MessageSid": "SM" + "0" * 32,
    "SmsMessageSid": "SM" + "0" * 32,
    "SmsStatus": "received",
    "AccountSid": "AC" + "0" * 32,
    "From": "whatsapp:+15551230000",
    "To": "whatsapp:+14155238886",
    "WaId": "15551230000",
    "ExternalUserId": "whatsapp:US.1A2B3C4D5E",
    "ProfileName": "Ana",
    "Body": "Hi",
    "NumMedia": "0",
    "NumSegments": "1",
    "ReferralNumMedia": "0",
    "Forwarded": "false",
    "MessageType": "text",
    "ChannelMetadata": '{"type":"whatsapp"}',
    "ApiVersion": "2010-04-01",
    "ToCountry": "US",
}


def turn_of(**fields: str) -> Turn:
    return parse_inbound({**ORDINARY, **fields}).turn


def test_an_ordinary_text_has_nothing_beside_it() -> None:
    assert turn_of().beside == {}
    assert "beside" not in turn_of().to_json()


def test_what_says_something_is_kept_by_twilio_s_names() -> None:
    told = {
        "OriginalRepliedMessageSid": "SM" + "1" * 32,
        "ReferralHeadline": "Roses",
        "ReferralCtwaClid": "c1",
        "ButtonPayload": "yes-7",
        "ListId": "2",
        "FlowData": '{"size": "M"}',
        "Forwarded": "true",
    }
    turn = turn_of(**told, OriginalRepliedMessageSender="whatsapp:+14155238886")
    assert turn.beside == told
    assert Turn.from_json(json.loads(json.dumps(turn.to_json()))).beside == told


def test_a_new_field_is_kept_and_logged_by_name_only() -> None:
    with recorded_log("INFO") as told:
        turn = turn_of(NewestField="a-secret\x00", AnotherOne="7")
    assert turn.beside == {"AnotherOne": "7", "NewestField": "a-secret\ufffd"}
    assert told.messages == ["fields that are new to the bot: AnotherOne, NewestField"]
    assert "a-secret" not in told.text


def test_who_writes_to_whom_is_stored_once() -> None:
    fields = dict.fromkeys(("Sender", "Author"), ORDINARY["From"])
    assert turn_of(**fields, RecipientId=ORDINARY["To"]).beside == {}


def test_what_is_kept_is_bounded_and_what_is_known_comes_first() -> None:
    many = {f"A{n}": "x" * 9000 for n in range(50)}
    turn = turn_of(**many, **{"bad\nname": "x", "B" * 65: "x"}, ListId="roses")
    assert turn.beside["ListId"] == "roses"
    assert max(map(len, turn.beside.values())) == 2000
    assert sum(len(k) + len(v) for k, v in turn.beside.items()) <= 6000
    assert all(name.isalnum() for name in turn.beside)


def test_a_form_is_kept_whole_and_what_is_new_is_not() -> None:
    form = json.dumps({"wish": "x" * 4000})
    turn = turn_of(InteractiveData=form, Newest="y" * 4000)
    assert turn.beside["InteractiveData"] == form
    assert len(turn.beside["Newest"]) < 2000


def test_what_kind_it_is_is_kept_where_nothing_else_tells() -> None:
    assert turn_of(MessageType="reaction").beside == {"MessageType": "reaction"}
    assert turn_of(MessageType="IMAGE").beside == {}


def test_what_the_metadata_alone_tells_is_kept() -> None:
    context = {"WaId": "15551230000", "Order": [{"sku": "rose"}], "Forwarded": "true"}
    metadata = json.dumps({"type": "whatsapp", "data": {"context": context}})
    beside = turn_of(ChannelMetadata=metadata).beside
    assert beside == {"Order": '[{"sku": "rose"}]'}  # the form itself says false
    for broken in ("[" * 9000, "{", '{"data": 7}', '{"data": {"context": [1]}}'):
        assert turn_of(ChannelMetadata=broken).beside == {}


def test_an_address_alone_is_a_location() -> None:
    [place] = turn_of(Body="", Address="Jir\u00f3n 1", Label="Rosa").media
    assert place == {"type": "location", "address": "Jir\u00f3n 1", "label": "Rosa"}
