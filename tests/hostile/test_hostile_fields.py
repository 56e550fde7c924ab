"""Forms that Twilio would have signed, and that are no message and no status."""

import pytest

from tests.bot.whatsapp.twilio_calls import ACCOUNT, STATUS
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.hostile import (
    FORM,
    STATUS_FORM,
    Hostile,
    is_refused,
    message,
    status,
    without,
)
from tests.hostile.raw_http import post

SID = FORM["MessageSid"]
NO_SID = without("MessageSid")

MESSAGES = [
    Hostile("a SID that is none", message(MessageSid=PLANTED), 400),
    Hostile("no SID", post(NO_SID), 400),
    Hostile("a list of SIDs", message(MessageSid=f"['{SID}', '{SID}']"), 400),
    Hostile("a SID as PHP's array", post(NO_SID | {"MessageSid[]": SID}), 400),
    Hostile("a SID and a line", message(MessageSid=f"{SID}\n"), 400),
    Hostile("a SID in other digits", message(MessageSid="SM" + "\u0661" * 32), 400),
    Hostile("two SIDs", post([("MessageSid", PLANTED), *FORM.items()]), 400),
    Hostile("SQL for a SID", message(MessageSid="'; DROP TABLE users; --"), 400),
    Hostile("no sender", post(without("From")), 400),
    Hostile("a sender without WhatsApp", message(From="+15551230000"), 400),
    Hostile("a sender that is a list", message(From="['whatsapp:+1555123']"), 400),
    Hostile("a sender with blanks", message(From="whatsapp:+1 planted"), 400),
    Hostile("a sender of two lines", message(From="whatsapp:+1\r\nX: planted"), 400),
    Hostile("a sender of 10 KB", message(From="whatsapp:" + "9" * 10_000), 400),
    Hostile("a sender with a NUL", message(From="whatsapp:+155512\x00"), 400),
    Hostile("nothing but the account", post({"AccountSid": ACCOUNT}), 400),
    Hostile("a status on the message path", post(without("From", STATUS_FORM)), 400),
]

STATUSES = [
    Hostile("a message on the status path", post(FORM, STATUS), 400),
    Hostile("no SID", post(without("MessageSid", STATUS_FORM), STATUS), 400),
    Hostile("a status that is no word", status(MessageStatus="<planted>"), 400),
    Hostile("a status of 5 KB", status(MessageStatus="s" * 5000), 400),
    Hostile("of a message that isn't ours", status(), 200),
    Hostile("a word that nobody knows", status(MessageStatus="exploded"), 200),
    Hostile("of a part in SQL", status("?part='%20OR%201=1--planted"), 200),
    Hostile("of a part of 3 KB", status(f"?part={'0' * 3000}"), 200),
    Hostile("of two parts", status("?part=1&part=2&part[]=planted"), 200),
    Hostile("with a huge code", status(ErrorCode="9" * 400), 200),
    Hostile("with a code that is none", status(ErrorCode="1; planted"), 200),
]


@pytest.mark.parametrize("hostile", MESSAGES, ids=lambda h: h.says)
def test_what_is_no_message_is_not_stored(target: Target, hostile: Hostile) -> None:
    is_refused(target, hostile)


@pytest.mark.parametrize("hostile", STATUSES, ids=lambda h: h.says)
def test_a_status_of_nothing_of_ours_changes_nothing(
    target: Target, hostile: Hostile
) -> None:
    is_refused(target, hostile)
