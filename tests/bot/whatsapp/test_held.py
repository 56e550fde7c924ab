"""Outside the service window: held, told of by one template, sent when they write."""

import pytest

from bot.whatsapp.outcomes import DeliveryError
from db.records import PartContent
from tests.bot.whatsapp.scripted_twilio import BROKEN, REFUSED, ScriptedTwilio, taken
from tests.bot.whatsapp.waiting import (
    BUSY,
    ENGLISH,
    GERMAN,
    PAUSED,
    WARTET,
    WaitingDesk,
    sent,
)
from tests.db.sql import change, value, values
from tests.records import new_sid


@pytest.fixture
def desk(desk_that_holds: WaitingDesk) -> WaitingDesk:
    return desk_that_holds


def test_a_late_answer_goes_out_once_they_write(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one", "two")
    assert sent(twilio) == [ENGLISH]
    assert desk.statuses == ["held", "held", "sent"]
    desk.passes_by(hours=30)
    desk.writes()
    assert sent(twilio) == [ENGLISH, "one", "two"]
    desk.writes()
    desk.sends_now()
    assert sent(twilio) == [ENGLISH, "one", "two"]
    query = "SELECT count(*) FROM reply_parts WHERE held_at IS NOT NULL"
    assert value(desk.database, query) == 0


@pytest.mark.parametrize(("hours", "goes_out"), [(23.9, "one"), (23.95, ENGLISH)])
def test_the_window_closes_five_minutes_early(
    desk: WaitingDesk, twilio: ScriptedTwilio, hours: float, goes_out: str
) -> None:
    desk.answers_late("one", hours=hours)
    assert sent(twilio) == [goes_out]


def test_who_wrote_since_in_a_part_s_back_is_in_the_window(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    change(desk.database, "UPDATE reply_parts SET heard_at = now() - interval '2 d'")
    desk.sends_now()
    assert sent(twilio) == ["one"]


def test_what_waits_goes_before_what_is_new(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("old")
    desk.stores("new")
    desk.sender.release_held(desk.user_id)
    desk.sends_now()
    assert sent(twilio) == [ENGLISH, "old", "new"]


def test_one_wait_has_one_template_and_the_next_another(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.answers_late("one")
    desk.says(PartContent("two"))
    desk.sends_later()
    assert sent(twilio) == [ENGLISH]
    desk.belongs_to("bot")
    desk.writes()
    desk.answers_late("three")
    assert sent(twilio) == [ENGLISH, "two", ENGLISH]


def test_it_is_told_in_their_language(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("hello")
    change(
        desk.database,
        "INSERT INTO user_preferences (user_id, language_seen) "
        "SELECT user_id, 'de' FROM users",
    )
    desk.answers_late("one")
    assert sent(twilio)[-1] == GERMAN
    query = "SELECT body FROM reply_parts WHERE author = 'fallback'"
    assert values(desk.database, query) == [WARTET]


def test_twilio_s_word_counts_within_our_window_too(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(REFUSED)
    desk.stores("one", "two")
    desk.sends_now()
    assert sent(twilio) == ["one", "two", ENGLISH]
    assert desk.statuses == ["held", "sent", "sent"]


def test_so_it_does_when_it_comes_later(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.sends_now()
    sid = str(twilio.taken[0]["sid"])
    desk.fails(sid, 63016)
    desk.sends_later()
    assert sent(twilio) == ["one", ENGLISH]
    desk.fails(sid, 63016)
    assert desk.statuses == ["held", "sent"]
    assert desk.outbox.find_known([sid, new_sid()]) == {sid}
    desk.passes_by(minutes=1)
    desk.writes()
    assert sent(twilio) == ["one", ENGLISH, "one"]
    assert desk.statuses == ["sent", "sent"]


def test_what_they_wrote_before_opens_nothing(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.passes_by(minutes=1)
    twilio.answers.append(REFUSED)
    desk.sends_now()
    desk.sender.release_held(desk.user_id)
    assert sent(twilio) == ["one", ENGLISH]
    assert desk.statuses == ["held", "sent"]


def test_a_template_without_an_answer_is_looked_for_and_not_repeated(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(BROKEN)
    desk.answers_late("one")
    assert desk.statuses == ["held", "uncertain"]
    # Its text at Twilio may be another than ours.
    twilio.taken.append({**taken("delivered")[1], "body": "As it was approved."})  # type: ignore[dict-item]
    desk.passes(30)
    desk.sends_later()
    assert desk.statuses == ["held", "delivered"]
    assert sent(twilio) == [ENGLISH]


def test_one_that_surely_did_not_go_out_is_sent_again(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(BROKEN)
    desk.answers_late("one")
    with pytest.raises(DeliveryError):
        desk.sends_later()
    desk.passes(30)
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, ENGLISH]


def test_a_template_that_is_refused_leaves_the_answer_held(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(PAUSED)
    desk.answers_late("one")
    assert desk.statuses == ["held", "failed"]
    desk.writes()
    assert sent(twilio) == [ENGLISH, "one"]


def test_nobody_is_told_of_what_does_not_wait_any_more(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    twilio.answers.append(BUSY)
    desk.answers_late("one")
    assert desk.statuses == ["held", "pending"]
    desk.writes()
    assert desk.statuses == ["sent", "canceled"]
    assert sent(twilio) == [ENGLISH, "one"]
    query = "SELECT meaning FROM failed_deliveries"
    assert values(desk.database, query) == ["nothing waited for the user any more"]
