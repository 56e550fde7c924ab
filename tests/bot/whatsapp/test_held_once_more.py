"""What waited, and what comes after it: the window opens again, a wait ends."""

from datetime import timedelta

import pytest

from db.delivery.holding import drop_held
from db.delivery.restored import DOUBT_PARTS
from db.records import PartContent
from tests.bot.whatsapp.scripted_twilio import REFUSED, ScriptedTwilio
from tests.bot.whatsapp.waiting import ENGLISH, HOLDING, PAUSED, WaitingDesk, sent
from tests.db.sql import change, value, values

LAST_SAID_AGO = """
UPDATE userchats SET messages = jsonb_set(messages, '{-1,timestamp}',
  to_jsonb(now() - %(ago)s))
WHERE messages -> -1 ->> 'role' = 'user'
"""


@pytest.fixture
def desk(desk_that_holds: WaitingDesk) -> WaitingDesk:
    return desk_that_holds


def test_who_wrote_since_a_part_was_refused_is_in_the_window(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.sends_now()
    desk.fails(str(twilio.taken[0]["sid"]), 63016)  # and no worker sees to it
    desk.passes_by(minutes=1)
    desk.hears("hello?")
    desk.passes_by(seconds=30)
    desk.sender.release_held(desk.user_id)
    desk.sends_later()
    assert sent(twilio) == ["one", "one"]
    assert desk.statuses == ["sent"]


def hears_later(desk: WaitingDesk, **ago: float) -> None:
    """Ana wrote so long ago, and it comes in now: its webhook was lost."""
    desk.hears("hm?")
    change(desk.database, LAST_SAID_AGO, ago=timedelta(**ago))


def test_what_came_in_late_lets_go_of_what_waits(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one", "two")
    hears_later(desk, minutes=10)
    desk.sender.release_held(desk.user_id)
    assert sent(twilio) == [ENGLISH, "one", "two"]
    query = "SELECT count(*) FROM reply_parts WHERE held_at IS NOT NULL"
    assert value(desk.database, query) == 0


def test_not_if_twilio_said_since_that_the_window_is_over(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(REFUSED)
    desk.answers_late("one", "two", hours=1)
    assert sent(twilio) == ["one", "two", ENGLISH]
    hears_later(desk, minutes=10)
    desk.sender.release_held(desk.user_id)
    assert desk.statuses == ["held", "sent", "sent"]
    query = "SELECT count(*) FROM reply_parts WHERE held_at IS NOT NULL"
    assert value(desk.database, query) == 2


def test_nor_if_that_is_longer_ago_than_the_window(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one", hours=48)
    hears_later(desk, hours=25)
    desk.sender.release_held(desk.user_id)
    assert sent(twilio) == [ENGLISH]
    assert desk.statuses == ["held", "sent"]


def test_a_wait_that_was_dropped_silences_no_later_one(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.passes_by(days=8)
    assert drop_held(desk.database, HOLDING.lasts) == 1
    desk.passes_by(days=10)
    desk.says(PartContent("two"))
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, ENGLISH]
    assert values(desk.database, "SELECT fallback FROM held_messages") == ["sent"]


def test_where_nothing_is_held_any_more_all_that_was_is_dropped(
    desk: WaitingDesk,
) -> None:
    desk.answers_late("one")
    assert drop_held(desk.database, HOLDING.lasts) == 0
    assert drop_held(desk.database, None) == 1
    assert desk.statuses == ["canceled", "sent"]


def test_nor_does_one_that_somebody_ended(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.belongs_to("human")
    assert desk.statuses == ["canceled", "sent"]
    drop_held(desk.database, HOLDING.lasts)
    desk.says(PartContent("two"))
    desk.sends_later()
    assert sent(twilio) == [ENGLISH]  # it was told in this wait
    desk.passes_by(days=8)
    drop_held(desk.database, HOLDING.lasts)
    desk.says(PartContent("three"), number=2)
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, ENGLISH]


def test_what_still_waits_keeps_its_word(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.passes_by(days=5)
    desk.says(PartContent("two"))
    desk.sends_later()
    desk.passes_by(days=4)
    drop_held(desk.database, HOLDING.lasts)
    desk.says(PartContent("three"), number=2)
    desk.sends_later()
    assert sent(twilio) == [ENGLISH]


def test_a_template_that_failed_silences_no_later_one(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(PAUSED)
    desk.answers_late("one")
    desk.passes_by(days=2)  # in which it was mended
    desk.says(PartContent("two"))
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, ENGLISH]
    assert desk.statuses == ["canceled", "failed", "held", "sent"]
    desk.says(PartContent("three"), number=2)
    desk.sends_later()
    desk.writes()
    assert sent(twilio) == [ENGLISH, ENGLISH, "two", "three"]


def test_what_waited_for_long_is_sent_after_a_restore_of_which_nobody_can_tell(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.passes_by(hours=30)
    held = values(desk.database, "SELECT part_id FROM held_messages")
    change(desk.database, DOUBT_PARTS, parts=held)
    desk.writes()
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, "one"]
