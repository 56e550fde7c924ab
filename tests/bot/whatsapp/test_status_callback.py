"""From a status callback's form to a record."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.whatsapp.inbound import BadInputError, parse_status

SID = "SM0123456789abcdef0123456789abcdef"
PART = "6b1f2a3c-0000-4000-8000-0123456789ab"


@pytest.mark.parametrize(
    ("form", "status", "error_code"),
    [
        ({"MessageStatus": "delivered", "SmsStatus": "sent"}, "delivered", None),
        ({"SmsStatus": "sent"}, "sent", None),
        ({"MessageStatus": "READ"}, "read", None),
        ({"MessageStatus": "partially_delivered"}, "partially_delivered", None),
        ({"MessageStatus": "failed", "ErrorCode": "63016"}, "failed", 63016),
        ({"MessageStatus": "failed", "ErrorCode": ""}, "failed", None),
        ({"MessageStatus": "failed", "ErrorCode": "-1"}, "failed", None),
        ({"MessageStatus": "failed", "ErrorCode": "9" * 40}, "failed", None),
    ],
)
def test_a_status_callback(
    form: dict[str, str], status: str, error_code: int | None
) -> None:
    told = parse_status({"MessageSid": SID, **form}, None)
    assert (told.message_sid, told.status) == (SID, status)
    assert told.error_code == error_code


@pytest.mark.parametrize(
    ("part", "found"),
    [(PART, UUID(PART)), (None, None), ("", None), ("1", None), ("\x00" * 36, None)],
)
def test_a_callback_may_name_our_part(part: str | None, found: UUID | None) -> None:
    form = {"MessageSid": SID, "MessageStatus": "sent"}
    assert parse_status(form, part).part_id == found


@pytest.mark.parametrize(
    "status", [None, "", "sent\x00", "two words", "s" * 33, "\u0130"]
)
def test_a_callback_without_a_status_is_refused(status: str | None) -> None:
    form = {"MessageSid": SID} | ({"MessageStatus": status} if status else {})
    with pytest.raises(BadInputError, match="MessageStatus"):
        parse_status(form, PART)


fields = st.sampled_from(["MessageSid", "MessageStatus", "SmsStatus", "ErrorCode"])
values = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from([SID, "sent"])


@given(st.dictionaries(fields, values), st.none() | values)
def test_any_callback_is_read_or_refused(
    form: dict[str, str], part: str | None
) -> None:
    try:
        told = parse_status(form, part)
    except BadInputError:
        return
    assert told.status.isascii()
