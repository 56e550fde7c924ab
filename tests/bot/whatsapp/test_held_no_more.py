"""What wins over what is held, and what else may become of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.database import Database
from db.records import PartContent, Template
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import (
    REFUSED,
    Exchange,
    ScriptedTwilio,
    taken,
)
from tests.bot.whatsapp.waiting import ENGLISH, GERMAN, WAITS, WARTET, WaitingDesk, sent
from tests.db.sql import rows, take_in, values
from tests.records import ANA, answer_to, said

BUTTONS = f"HX{3:032}"


@pytest.fixture
def desk(desk_that_holds: WaitingDesk) -> WaitingDesk:
    return desk_that_holds


def test_stop_ends_what_waits(desk: WaitingDesk, twilio: ScriptedTwilio) -> None:
    desk.answers_late("one")
    stop = said("STOP", ANA)
    reply = answer_to(stop, text="Stopped.", opts_out=True)
    assert desk.pg.record_reply(take_in(desk.pg, stop), reply)
    desk.sends_now()
    assert sent(twilio) == [ENGLISH, "Stopped."]
    desk.writes()
    assert desk.statuses == ["canceled", "sent", "sent"]


def test_who_takes_the_chat_over_ends_what_the_bot_would_say(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.belongs_to("human")
    assert desk.statuses == ["canceled", "sent"]
    desk.belongs_to("bot")
    desk.writes()
    assert sent(twilio) == [ENGLISH]


def test_an_operator_s_reply_waits_too(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("hello")
    desk.sends_now()
    desk.passes_by(days=3)
    assert desk.says(PartContent("It is ready."))
    desk.sends_later()
    assert sent(twilio) == ["hello", ENGLISH]
    query = "SELECT author, body, fallback FROM held_messages"
    assert rows(desk.database, query) == [("person", "It is ready.", "sent")]
    desk.writes()
    assert sent(twilio) == ["hello", ENGLISH, "It is ready."]


def test_templates_are_not_held(desk: WaitingDesk, twilio: ScriptedTwilio) -> None:
    desk.stores("hello")
    desk.sends_now()
    desk.passes_by(days=3)
    assert not desk.says(PartContent(WARTET, template=Template(GERMAN, {})))
    desk.sends_later()
    assert sent(twilio) == ["hello", GERMAN]


def test_buttons_of_an_answer_are_held_as_its_text_would_be(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    message = said("tea or coffee?", ANA)
    chat_id = take_in(desk.pg, message)
    desk.passes_by(hours=25)
    part = PartContent("?", template=Template(BUTTONS, {}), instead="1. tea\n2. coffee")
    reply = replace(answer_to(message), parts=(part,))
    assert desk.pg.record_reply(chat_id, reply)
    desk.sends_now()
    assert sent(twilio) == [ENGLISH]
    desk.writes()
    assert sent(twilio) == [ENGLISH, BUTTONS]


def test_what_is_too_old_is_not_sent_and_the_transcript_says_so(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.passes_by(days=8)
    desk.writes()
    assert sent(twilio) == [ENGLISH]
    query = (
        "SELECT said ->> 'error' FROM userchats, jsonb_array_elements(messages) said"
    )
    why = "not sent: it was held for 7 days, and they had not written"
    assert values(desk.database, query) == [None, why, None]


def test_whoever_dies_leaves_nothing_that_is_said_twice(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    message = said("a question", ANA)
    chat_id = take_in(desk.pg, message)
    desk.passes_by(hours=25)
    assert desk.pg.record_reply(chat_id, answer_to(message, parts=("one",)))
    claim = desk.outbox.claim_next
    shut = claim(desk.user_id, timedelta(), timedelta(days=1))
    assert shut
    assert shut.is_shut
    fallback = claim(desk.user_id, timedelta(), timedelta(days=1))
    assert fallback
    assert (fallback.is_claimed, fallback.part.author) == (True, "fallback")
    # It was taken, and its sender died before that was stored.
    twilio.taken.append({**taken("sent")[1], "body": WAITS})  # type: ignore[dict-item]
    desk.passes(30)
    desk.sends_later()
    assert sent(twilio) == []
    assert desk.statuses == ["held", "sent"]
    take_in(desk.pg, said("hm?", ANA))
    assert desk.outbox.release_held(desk.user_id)  # and dies
    desk.writes()
    desk.sends_later()
    assert sent(twilio) == ["one"]


def test_without_the_setting_it_fails_as_before(
    database: Database, rest_server: Exchange, twilio: ScriptedTwilio
) -> None:
    desk = Desk(database, rest_server.url)
    twilio.answers.append(REFUSED)
    desk.stores("one")
    desk.sends_now()
    assert desk.statuses == ["failed"]
    assert not desk.outbox.release_held(desk.user_id)
