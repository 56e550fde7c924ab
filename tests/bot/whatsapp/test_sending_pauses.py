"""A pause that Twilio asks for: kept by every send, within bounds."""

import threading
from datetime import timedelta

import pytest

from bot.whatsapp.outcomes import DeliveryError
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import TOO_MANY, Answer, ScriptedTwilio
from tests.db.sql import change, value

AWAY: Answer = (503, "<html>Service unavailable</html>")
JOBS_WAIT = """
    SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs
    WHERE task_name = 'send_parts'
"""


def seconds_asked_for(desk: Desk) -> float:
    with pytest.raises(DeliveryError) as raised:
        desk.sends_later()
    return raised.value.retry_after or 0


@pytest.mark.parametrize(("asked", "kept"), [("40", 40), ("86400", 60)])
@pytest.mark.parametrize("answer", [TOO_MANY, AWAY])
def test_twilio_is_left_alone_for_as_long_as_it_asks(
    desk: Desk, twilio: ScriptedTwilio, asked: str, kept: int, answer: Answer
) -> None:
    twilio.answers.append(answer)
    twilio.retry_after = asked
    desk.stores("one")
    assert desk.sends_now() == 1
    assert kept - 20 < value(desk.database, JOBS_WAIT) <= kept
    assert kept - 20 < seconds_asked_for(desk) <= kept
    assert desk.sends_now() == 1, "nor does a new answer of anybody go out meanwhile"
    assert twilio.bodies == ["one"]


def test_a_job_keeps_the_pause_that_it_is_asked_for(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.extend([TOO_MANY])
    twilio.retry_after = "40"
    desk.stores("one")
    assert seconds_asked_for(desk) == 40


def test_what_was_asked_while_looking_for_a_send_is_kept_too(
    desk: Desk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.outbox.claim_next(desk.user_id, timedelta(seconds=4), timedelta(days=1))
    desk.passes(60)
    twilio.listings.append(TOO_MANY)
    twilio.retry_after = "40"
    assert seconds_asked_for(desk) == 40
    assert 20 < seconds_asked_for(desk) <= 40


def test_after_the_pause_all_goes_on(desk: Desk, twilio: ScriptedTwilio) -> None:
    twilio.answers.append(TOO_MANY)
    twilio.retry_after = "0.01"
    desk.stores("one", "two")
    assert desk.sends_now() == 1
    threading.Event().wait(0.02)
    desk.sends_later()
    assert twilio.bodies == ["one", "one", "two"]


@pytest.mark.parametrize("asked", [None, "soon", "-1", "0"])
def test_without_a_pause_a_job_tries_at_once(
    desk: Desk, twilio: ScriptedTwilio, asked: str | None
) -> None:
    twilio.answers.append(TOO_MANY)
    twilio.retry_after = asked
    desk.stores("one")
    assert desk.sends_now() == 1
    waits = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
    assert value(desk.database, waits) == 0
    change(desk.database, "DELETE FROM procrastinate_jobs")
    desk.sends_later()
    assert desk.statuses == ["sent"]
