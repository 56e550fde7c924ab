"""Parts on their way to Twilio: in order, once, and with a job for what must wait."""

import json
from datetime import timedelta

import pytest

from bot.whatsapp.outcomes import DeliveryError
from db.records import PartContent, Template
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import (
    BROKEN,
    REFUSED,
    TOO_MANY,
    Answer,
    ScriptedTwilio,
    taken,
)
from tests.db.sql import change, rows
from tests.records import answer_to, said


def test_what_goes_out_at_once_leaves_no_job(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one", "two")
    assert desk.sends_now() == 0
    assert twilio.bodies == ["one", "two"]
    assert desk.statuses == ["sent", "sent"]


def test_pictures_and_templates_go_out_as_twilio_wants_them(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    pictures = ("https://shop.example/1.png", "https://shop.example/2.png")
    template = Template("HX" + "0" * 32, {"1": "Ana"})
    desk.stores(
        "one",
        PartContent("two", media=pictures),
        PartContent("Ana, it is here.", template=template),
    )
    assert desk.sends_now() == 0
    text, pictured, templated = twilio.forms
    assert text.keys() == {"To", "From", "StatusCallback", "Body"}
    assert (pictured["Body"], pictured["MediaUrl"]) == (["two"], [*pictures])
    assert templated["ContentSid"] == [template.content_sid]
    assert json.loads(templated["ContentVariables"][0]) == {"1": "Ana"}
    assert not {"Body", "MediaUrl"} & templated.keys()
    assert desk.statuses == ["sent", "sent", "sent"]


def test_a_template_that_was_sent_and_not_recorded_is_found_by_its_text(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    template = Template("HX" + "0" * 32, {"1": "Ana"})
    desk.stores(PartContent("Ana, it is here.", template=template))
    desk.outbox.claim_next(desk.user_id, timedelta(seconds=4), timedelta(days=1))
    twilio.create({"Body": ["Ana, it is here."]})  # what Twilio made of it
    desk.passes(16)
    desk.sends_later()
    assert len(twilio.forms) == 1
    assert desk.statuses == ["sent"]


def test_a_reply_without_parts_sends_nothing(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    message = said("after STOP")
    chat_id = desk.pg.record_inbound(message).chat_id
    assert chat_id
    assert desk.pg.record_reply(chat_id, answer_to(message, parts=()))
    assert desk.sends_now() == 0
    assert twilio.bodies == []


@pytest.mark.parametrize(
    ("answer", "statuses"),
    [
        (taken("queued"), ["queued", "pending"]),
        (TOO_MANY, ["pending", "pending"]),
        (BROKEN, ["uncertain", "pending"]),
    ],
    ids=["queued", "refused for now", "no outcome"],
)
def test_what_must_wait_is_left_to_one_job_and_nothing_overtakes_it(
    desk: Desk, twilio: ScriptedTwilio, answer: Answer, statuses: list[str]
) -> None:
    twilio.answers.append(answer)
    desk.stores("one", "two")
    assert desk.sends_now() == 1
    assert twilio.bodies == ["one"]
    assert desk.statuses == statuses


@pytest.mark.parametrize("answer", [taken("queued"), BROKEN], ids=["queued", "broken"])
def test_a_later_answer_neither_waits_for_a_part_nor_overtakes_it(
    desk: Desk, twilio: ScriptedTwilio, answer: Answer
) -> None:
    twilio.answers.append(answer)
    desk.stores("one")
    desk.sends_now()
    desk.stores("two")
    assert desk.sends_now() == 1
    assert twilio.bodies == ["one"]
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies[-1] == "two"
    assert desk.statuses[-1] == "sent"


def test_a_final_refusal_ends_its_reply_and_not_the_next(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.extend([taken("sent"), REFUSED])
    desk.stores("one", "two", "three")
    desk.stores("another answer")
    assert desk.sends_now() == 0
    assert twilio.bodies == ["one", "two", "another answer"]
    assert desk.statuses == ["sent", "failed", "failed", "sent"]


def test_what_is_too_old_fails_and_holds_up_nothing(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("old", "and its rest")
    older = "UPDATE reply_parts SET created_at = now() - interval '25 h'"
    change(desk.database, older)
    desk.stores("new")
    assert desk.sends_now() == 0
    assert twilio.bodies == ["new"]
    assert desk.statuses == ["failed", "failed", "sent"]


def test_a_part_left_sending_is_looked_for_and_sent_if_twilio_has_none(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.outbox.claim_next(desk.user_id, timedelta(seconds=4), timedelta(days=1))
    assert desk.sends_now() == 1  # somebody may be sending it
    desk.passes(60)
    desk.sends_later()
    assert twilio.bodies == ["one"]
    assert desk.statuses == ["sent"]


def test_a_part_that_was_sent_and_not_recorded_is_not_sent_again(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one", "two")
    desk.outbox.claim_next(desk.user_id, timedelta(seconds=4), timedelta(days=1))
    twilio.create({"Body": ["one"]})  # and the worker died
    desk.passes(16)
    desk.sends_later()
    assert twilio.bodies == ["one", "two"]
    assert desk.statuses == ["sent", "sent"]


def test_what_waits_for_another_sender_looks_again_within_moments(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.outbox.claim_next(desk.user_id, timedelta(seconds=4), timedelta(days=1))
    with pytest.raises(DeliveryError) as raised:
        desk.sends_later()
    assert 0 < (raised.value.retry_after or 0) <= 3
    assert twilio.bodies == []


def test_an_answer_and_a_job_that_send_at_once_send_each_part_once(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    left: list[int] = []

    def another_answer() -> None:
        twilio.meanwhile = lambda: None
        desk.stores("two")
        left.append(desk.sends_now())

    twilio.meanwhile = another_answer
    desk.stores("one")
    desk.sends_later()
    assert left == [1]
    assert twilio.bodies == ["one", "two"]


def test_who_froze_while_twilio_refused_frees_nothing_that_another_sends(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    """The refusal arrives late: meanwhile the part was freed and claimed again."""
    twilio.answers.append(TOO_MANY)

    def taken_over() -> None:
        desk.passes(60)
        found = desk.outbox.claim_next(desk.user_id, timedelta(0), timedelta(days=1))
        assert found
        desk.outbox.release_part(found.part)
        desk.outbox.claim_next(desk.user_id, timedelta(0), timedelta(days=1))

    twilio.meanwhile = taken_over
    desk.stores("one")
    assert desk.sends_now() == 1
    assert desk.statuses == ["sending"]


def test_an_opt_out_that_twilio_tells_is_kept(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append((400, {"code": 21610, "message": "STOP", "status": 400}))
    desk.stores("one")
    assert desk.sends_now() == 0
    assert rows(desk.database, "SELECT user_id FROM opt_outs") == [(desk.user_id,)]
