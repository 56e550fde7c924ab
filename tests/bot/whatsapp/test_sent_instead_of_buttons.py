"""Buttons that can't be sent: their question and its choices follow as text, once."""

from datetime import timedelta

import pytest

from db.records import DeliveryStatus, PartContent, Template
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import BROKEN, Answer, ScriptedTwilio
from tests.bot.whatsapp.waiting import ENGLISH, WaitingDesk, sent
from tests.db.sql import rows, value

SID = f"HX{3:032}"
LINES = "Which one?\n\n1. tea\n2. milk"
GONE: Answer = (404, {"code": 20404, "message": "No", "status": 404})
OTHER_VARIABLES: Answer = (400, {"code": 21656, "message": "No", "status": 400})
LATER = "Later."


def buttons(question: str = "Which one?") -> PartContent:
    variables = {"1": question, "2": "tea", "3": "tea", "4": "milk", "5": "milk"}
    return PartContent(question, template=Template(SID, variables), instead=LINES)


def fails(desk: Desk, code: int) -> None:
    """Twilio took the message, and calls back that it failed."""
    sid = value(desk.database, "SELECT message_sid FROM reply_parts")
    told = DeliveryStatus(message_sid=sid, status="failed", error_code=code)
    desk.outbox.record_delivery_status(told)


@pytest.mark.parametrize("answer", [GONE, OTHER_VARIABLES], ids=["gone", "variables"])
def test_buttons_that_are_refused_give_way_to_their_text(
    desk: Desk, twilio: ScriptedTwilio, answer: Answer
) -> None:
    twilio.answers.append(answer)
    desk.stores(buttons(), LATER)
    assert desk.sends_now() == 0
    assert sent(twilio) == [SID, LINES, LATER]
    query = "SELECT status, body, template, instead FROM reply_parts ORDER BY sequence"
    known = rows(desk.database, query)
    assert known == [("sent", LINES, None, None), ("sent", LATER, None, None)]


@pytest.mark.parametrize("fault", ["\t", " " * 5, "\n"], ids=["tab", "five", "line"])
def test_so_do_those_whose_values_twilio_would_not_take(
    desk: Desk, twilio: ScriptedTwilio, fault: str
) -> None:
    desk.stores(buttons(f"Which{fault}one?"))
    desk.sends_now()
    assert sent(twilio) == [LINES]
    assert desk.statuses == ["sent"]


@pytest.mark.parametrize("code", [21656, 63013, 63027, 63028, 63040, 63041])
def test_so_do_those_that_fail_later(
    desk: Desk, twilio: ScriptedTwilio, code: int
) -> None:
    desk.stores(buttons())
    desk.sends_now()
    fails(desk, code)
    assert desk.statuses == ["pending"]
    desk.passes(60)
    desk.sends_later()
    assert sent(twilio) == [SID, LINES]
    fails(desk, code)
    assert desk.statuses == ["failed"]


def test_what_is_about_the_user_brings_no_text(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores(buttons())
    desk.sends_now()
    fails(desk, 63003)
    desk.sends_later()
    assert sent(twilio) == [SID]
    assert desk.statuses == ["failed"]


def test_a_voice_note_is_not_followed_by_its_text_for_an_error_of_templates(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    note = PartContent("", media=("https://x.example/1.ogg",), instead="We do.")
    twilio.answers.append(OTHER_VARIABLES)
    desk.stores(note)
    desk.sends_now()
    assert twilio.bodies == [""]
    assert desk.statuses == ["failed"]


def test_a_text_without_an_answer_is_found_by_its_own_words(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.extend([OTHER_VARIABLES, BROKEN])
    desk.stores(buttons())
    desk.sends_now()
    assert desk.statuses == ["uncertain"]
    part = desk.outbox.find_parts(
        value(desk.database, "SELECT reference_id FROM reply_parts")
    )[0]
    assert (part.body, part.template) == (LINES, None)
    desk.passes(30)
    desk.sends_later()
    assert sent(twilio) == [SID, LINES, LINES]


def test_outside_the_window_both_wait(
    desk_that_holds: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk = desk_that_holds
    desk.stores(buttons())
    desk.sends_now()
    fails(desk, 63016)
    desk.passes_by(seconds=30)
    desk.sends_later()
    assert sent(twilio) == [SID, ENGLISH]
    desk.writes()
    assert sent(twilio) == [SID, ENGLISH, SID]
    claim = desk.outbox.claim_next(desk.user_id, timedelta(), timedelta(days=1))
    assert claim is None
