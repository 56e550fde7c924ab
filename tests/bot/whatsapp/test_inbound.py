"""From a webhook's form to records, whatever the form holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from bot.whatsapp.inbound import BadInputError, parse_inbound
from db.records import InboundMessage

SID = "SM0123456789abcdef0123456789abcdef"
MEDIA_SID = "MM0123456789abcdef0123456789abcdef"
ANA = "whatsapp:+15551230000"
ANAS_ID = "whatsapp:US.1A2B3C4D5E"
MEDIA_URL = f"https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/{MEDIA_SID}/ME1"
TEXT = {
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ProfileName": "Ana",
    "MessageType": "text",
    "SmsSid": SID,
    "WaId": "15551230000",
    "SmsStatus": "received",
    "Body": "Hola \U0001f44b",
    "To": "whatsapp:+14155238886",
    "NumSegments": "1",
    "ReferralNumMedia": "0",
    "MessageSid": SID,
    "AccountSid": "AC" + "0" * 32,
    "ChannelMetadata": '{"type":"whatsapp","data":{"context":{"ProfileName":"Ana"}}}',
    "From": ANA,
    "ApiVersion": "2010-04-01",
}


def parsed(**changes: str | None) -> InboundMessage:
    """The message of a text's form with some fields changed, or None for left out."""
    form = TEXT | changes
    return parse_inbound({k: v for k, v in form.items() if v is not None})


def test_a_text() -> None:
    message = parsed()
    assert message.message_sid == message.turn.message_sid == SID
    assert (message.address, message.other_address) == (ANA, None)
    assert message.profile_name == "Ana"
    assert message.turn.content == "Hola \U0001f44b"
    assert message.turn.role == "user"
    assert message.turn.media == ()
    assert not message.opens_chat
    assert abs(datetime.now(UTC) - message.turn.timestamp) < timedelta(minutes=1)


def test_a_form_of_twilios_as_it_comes_over_the_wire() -> None:
    body = urlencode(TEXT).encode()
    kind = "application/x-www-form-urlencoded"
    request = Request(EnvironBuilder(data=body, content_type=kind).get_environ())
    assert parse_inbound(request.form).turn.content == "Hola \U0001f44b"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("image/jpeg", ""), ("image/jpeg", "This one?"), ("audio/ogg", "")],
)
def test_media_with_and_without_a_caption(content_type: str, body: str) -> None:
    turn = parsed(
        MessageSid=MEDIA_SID,
        Body=body,
        NumMedia="1",
        MediaContentType0=content_type,
        MediaUrl0=MEDIA_URL,
    ).turn
    assert turn.message_sid == MEDIA_SID
    assert turn.content == body
    assert turn.media == ({"type": content_type, "url": MEDIA_URL},)


def test_several_media_are_kept_in_their_order() -> None:
    fields = {f"MediaContentType{n}": f"image/{n}" for n in range(3)}
    media = parsed(NumMedia="3", **fields).turn.media
    assert media == tuple({"type": f"image/{n}"} for n in range(3))


@pytest.mark.parametrize(
    ("count", "found"),
    [
        ("1", 1),
        ("9999", 10),
        ("99999", 0),
        ("-1", 0),
        ("1.5", 0),
        ("", 0),
        ("\u0663", 0),
    ],
)
def test_the_number_of_media_is_believed_within_reason(count: str, found: int) -> None:
    assert parsed(NumMedia=count).turn.media == ({"type": "unknown"},) * found


def test_a_location() -> None:
    turn = parsed(
        Body="", Latitude="-12.04", Longitude="-77.03", Address="Jir\u00f3n 1", Label=""
    ).turn
    assert turn.content == ""
    [place] = turn.media
    assert place == {
        "type": "location",
        "latitude": "-12.04",
        "longitude": "-77.03",
        "address": "Jir\u00f3n 1",
    }


def test_half_a_location_is_none() -> None:
    assert parsed(Latitude="-12.04").turn.media == ()


def test_a_contact_is_a_file() -> None:
    fields = {"NumMedia": "1", "MediaContentType0": "text/vcard", "MediaUrl0": "u"}
    assert parsed(Body="", **fields).turn.media == ({"type": "text/vcard", "url": "u"},)


def test_a_tap_on_a_button() -> None:
    fields = {
        "MessageType": "button",
        "ButtonText": "Yes, please",
        "ButtonPayload": "y",
    }
    assert parsed(Body="Yes, please", **fields).turn.content == "Yes, please"
    assert parsed(Body="", **fields).turn.content == "Yes, please"


def test_a_choice_of_a_list() -> None:
    fields = {"MessageType": "interactive", "ListId": "2", "ListTitle": "Roses"}
    assert parsed(Body="", **fields).turn.content == "Roses"


def test_a_text_that_is_no_command_to_us_but_one_to_twilio() -> None:
    assert parsed(Body="arret", OptOutType="STOP").turn.opt_out_type == "STOP"
    assert parsed().turn.opt_out_type is None


@pytest.mark.parametrize(
    ("body", "opens"),
    [("/new", True), (" /Reset ", True), ("reset", False), ("new", False), ("", False)],
)
def test_a_command_for_a_new_chat_opens_one(body: str, opens: bool) -> None:
    assert parsed(Body=body).opens_chat is opens


# Who writes


@pytest.mark.parametrize(
    ("sender", "external", "other"),
    [
        (ANA, ANAS_ID, ANAS_ID),
        (ANA, None, None),
        (ANA, "", None),
        (ANA, "US.1A2B", None),
        (ANA, ANA, None),
        (ANAS_ID, ANAS_ID, None),
        ("whatsapp:US.ENT.1A2B", None, None),
    ],
)
def test_number_and_business_scoped_id_are_kept_verbatim(
    sender: str, external: str | None, other: str | None
) -> None:
    message = parsed(From=sender, ExternalUserId=external)
    assert (message.address, message.other_address) == (sender, other)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ana Mar\u00eda \U0001f339", "Ana Mar\u00eda \U0001f339"),
        ("  Ana ", "Ana"),
        ('Ana\r\n{"level": "ERROR"}', 'Ana {"level": "ERROR"}'),
        ("\u202eanA\u2069", "anA"),
        ("A\x00na\x1b[2J", "A\ufffdna [2J"),
        ("'; DROP TABLE users; --", "'; DROP TABLE users; --"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{7*7}} %s ${x}", "{{7*7}} %s ${x}"),
        ("a" * 5000, "a" * 200),
        ("", None),
        (" \n ", None),
        (None, None),
    ],
)
def test_a_name_is_any_text_on_one_line(given: str | None, kept: str | None) -> None:
    assert parsed(ProfileName=given).profile_name == kept


# What can't be a message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MessageSid", None),
        ("MessageSid", ""),
        ("MessageSid", SID[:-1]),
        ("MessageSid", SID + "0"),
        ("MessageSid", SID + "\n"),
        ("MessageSid", "AC" + SID[2:]),
        ("MessageSid", SID[:-1] + "\u0663"),
        ("From", None),
        ("From", ""),
        ("From", "+15551230000"),
        ("From", "whatsapp:"),
        ("From", "whatsapp:+1555 123"),
        ("From", "whatsapp:+1555\x00"),
        ("From", "whatsapp:\u00e9"),
        ("From", f"{ANA}\n"),
        ("From", "whatsapp:" + "1" * 181),
    ],
)
def test_a_form_without_a_sid_or_an_address_is_refused(
    field: str, value: str | None
) -> None:
    with pytest.raises(BadInputError, match=field) as caught:
        parsed(**{field: value})
    assert not value or value not in str(caught.value)


def test_fields_that_are_missing_or_new_are_no_error() -> None:
    message = parse_inbound({"MessageSid": SID, "From": ANA, "Newest": "\x00"})
    assert (message.turn.content, message.profile_name) == ("", None)


fields = st.one_of(
    st.sampled_from([*TEXT, "ButtonText", "ListTitle", "MediaContentType0", "MediaUrl0",
                     "Latitude", "Longitude", "Label", "OptOutType", "ExternalUserId"]),
    st.text(),
)  # fmt: skip
values = st.one_of(
    st.text(alphabet=st.characters(), max_size=200),  # NUL and lone surrogates too
    st.sampled_from([SID, ANA, ANAS_ID, "1", "12", "\x00", "\ud800", "a\udfff" * 999]),
)


def as_postgres_would_store_it(message: InboundMessage) -> Any:
    """What comes back from JSONB and text columns, which refuse some characters."""
    texts = [message.address, message.other_address, message.profile_name]
    stored = json.dumps([message.turn.to_json(), *texts], ensure_ascii=False)
    assert "\\u0000" not in stored
    assert "\x00" not in "".join(text or "" for text in texts)
    stored.encode()
    return json.loads(stored)


@given(st.dictionaries(fields, values), st.booleans())
def test_any_form_is_a_storable_message_or_refused(
    form: dict[str, str], is_addressed: bool
) -> None:
    if is_addressed:
        form |= {"MessageSid": SID, "From": ANA}
    try:
        message = parse_inbound(MultiDict(form))
    except BadInputError:
        assert not is_addressed
    else:
        turn, *texts = as_postgres_would_store_it(message)
        assert turn["content"] == message.turn.content
        assert len(message.turn.media) <= 11
        assert all(len(text or "") <= 200 for text in texts)
